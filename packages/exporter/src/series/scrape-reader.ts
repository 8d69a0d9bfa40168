import { MAX_LABEL_SET_SERIES } from '@agentgateway-otel/metrics'
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import type {
  AggregationOption,
  AggregationTemporality,
  CollectionResult,
  IMetricReader,
  MetricCollectOptions,
  MetricProducer,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { loadExporter } from './load-exporter.ts'

/** A producer, such as that of `@agentgateway-otel/meter`, that can be read without waiting. */
interface RecordingProducer extends MetricProducer {
  collectRecorded(): ResourceMetrics
}

// These are the SDK's values, because loading the SDK would slow down every start.
const DEFAULT_AGGREGATION = { type: 0 } as AggregationOption
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE

/**
 * The metric reader that a MeterProvider knows. It is the exporter of `@opentelemetry/exporter-prometheus` without its
 * HTTP server and its serializer. That package is loaded at the first scrape, not at every start.
 */
export class ScrapeReader implements IMetricReader {
  #producer: MetricProducer | undefined
  #exporter: Promise<PrometheusExporter> | undefined

  /** @throws Error when the reader has a provider already. */
  setMetricProducer(producer: MetricProducer): void {
    if (this.#producer !== undefined) throw new Error('A metric reader belongs to one MeterProvider only')
    this.#producer = producer
  }

  selectAggregation(): AggregationOption {
    return DEFAULT_AGGREGATION
  }

  selectAggregationTemporality(): AggregationTemporality {
    return CUMULATIVE
  }

  selectCardinalityLimit(): number {
    return MAX_LABEL_SET_SERIES
  }

  async collect(options?: MetricCollectOptions): Promise<CollectionResult> {
    this.#exporter ??= this.#createExporter()
    return (await this.#exporter).collect(options)
  }

  async #createExporter(): Promise<PrometheusExporter> {
    const { PrometheusExporter } = await loadExporter()
    const exporter = new PrometheusExporter({ preventServerStart: true })
    if (this.#producer !== undefined) exporter.setMetricProducer(this.#producer)
    return exporter
  }

  /**
   * Collects what counters and histograms have recorded, without waiting for anything: for the end of a process.
   *
   * @returns undefined where the producer has to be waited for, as that of `sdk-metrics` has.
   */
  collectRecorded(): ResourceMetrics | undefined {
    return isRecording(this.#producer) ? this.#producer.collectRecorded() : undefined
  }

  /** Does nothing: a scraper comes by itself. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    await (await this.#exporter)?.shutdown()
  }
}

const isRecording = (producer: MetricProducer | undefined): producer is RecordingProducer =>
  producer !== undefined && 'collectRecorded' in producer
