import {
  type AggregationOption,
  type AggregationTemporality,
  type CollectionResult,
  type InstrumentType,
  type MetricCollectOptions,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import { aggregationOf } from './aggregation.ts'
import { type ResourceAttributes, withAttributes } from './detected-attributes.ts'
import { temporalityOf } from './temporality.ts'
import { type KeepingExporter, keepUndelivered } from './undelivered.ts'

/** Collects and exports all metrics every `OTEL_METRIC_EXPORT_INTERVAL`, in the configured temporality and aggregation. */
export class OtlpReader extends PeriodicExportingMetricReader {
  readonly #configuration: OtlpConfiguration
  readonly #exporter: KeepingExporter
  readonly #detected: Promise<ResourceAttributes>

  /** @param detected further attributes of the resource, for which the first export waits. */
  constructor(
    exporter: PushMetricExporter,
    configuration: OtlpConfiguration,
    detected: Promise<ResourceAttributes> = Promise.resolve({}),
  ) {
    const keeping = keepUndelivered(exporter)
    super({
      exporter: keeping,
      exportIntervalMillis: configuration.intervalMs,
      exportTimeoutMillis: configuration.timeoutMs,
    })
    this.#configuration = configuration
    this.#exporter = keeping
    this.#detected = detected
  }

  override selectAggregation(kind: InstrumentType): AggregationOption {
    return aggregationOf(kind, this.#configuration.histogramAggregation)
  }

  override selectAggregationTemporality(kind: InstrumentType): AggregationTemporality {
    return temporalityOf(kind, this.#configuration.temporality)
  }

  /**
   * Collects what the next export carries, earlier deltas that were not delivered included. The reader exports nothing
   * when a collection is empty, so they have to be part of it.
   */
  override async collect(options?: MetricCollectOptions): Promise<CollectionResult> {
    await this.#exporter.ended()
    const detected = await this.#detected
    const { resourceMetrics, errors } = await super.collect(options)
    const { scopeMetrics } = this.#exporter.withUndelivered(resourceMetrics)
    return { resourceMetrics: { resource: withAttributes(resourceMetrics.resource, detected), scopeMetrics }, errors }
  }
}
