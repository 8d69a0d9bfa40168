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
import { temporalityOf } from './temporality.ts'
import { type KeepingExporter, keepUndelivered } from './undelivered.ts'

/** Collects and exports all metrics every `OTEL_METRIC_EXPORT_INTERVAL`, in the configured temporality and aggregation. */
export class OtlpReader extends PeriodicExportingMetricReader {
  readonly #configuration: OtlpConfiguration
  readonly #exporter: KeepingExporter

  constructor(exporter: PushMetricExporter, configuration: OtlpConfiguration) {
    const keeping = keepUndelivered(exporter)
    super({
      exporter: keeping,
      exportIntervalMillis: configuration.intervalMs,
      exportTimeoutMillis: configuration.timeoutMs,
    })
    this.#configuration = configuration
    this.#exporter = keeping
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
    const { resourceMetrics, errors } = await super.collect(options)
    return { resourceMetrics: this.#exporter.withUndelivered(resourceMetrics), errors }
  }
}
