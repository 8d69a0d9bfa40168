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

/** What @agentgateway-otel/meter can do besides: tell at once what was recorded. */
interface RecordingProducer extends MetricProducer {
  collectRecorded(): ResourceMetrics
}

// The SDK's values, of which loading it would cost every start.
const DEFAULT_AGGREGATION = { type: 0 } as AggregationOption
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE

/** OpenTelemetry's Prometheus reader, without its server. It is loaded when somebody collects: not at every start. */
export class ScrapeReader implements IMetricReader {
  #producer: MetricProducer | undefined
  #reader: Promise<PrometheusExporter> | undefined

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
    this.#reader ??= this.#load()
    return (await this.#reader).collect(options)
  }

  async #load(): Promise<PrometheusExporter> {
    const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus')
    const reader = new PrometheusExporter({ preventServerStart: true })
    if (this.#producer !== undefined) reader.setMetricProducer(this.#producer)
    return reader
  }

  /**
   * What counters and histograms have recorded, without waiting for anything: for the end of a process.
   *
   * @returns undefined where the provider can only be waited for, as that of sdk-metrics.
   */
  collectRecorded(): ResourceMetrics | undefined {
    return isRecording(this.#producer) ? this.#producer.collectRecorded() : undefined
  }

  /** Nothing to do: who scrapes comes by itself. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    await (await this.#reader)?.shutdown()
  }
}

const isRecording = (producer: MetricProducer | undefined): producer is RecordingProducer =>
  producer !== undefined && 'collectRecorded' in producer
