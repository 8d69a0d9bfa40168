import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import type { MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics'

/** What @agentgateway-otel/meter can do besides: tell at once what was recorded. */
interface RecordingProducer extends MetricProducer {
  collectRecorded(): ResourceMetrics
}

/** OpenTelemetry's Prometheus reader, without its server. */
export class ScrapeReader extends PrometheusExporter {
  #producer: MetricProducer | undefined

  constructor() {
    super({ preventServerStart: true })
  }

  override setMetricProducer(producer: MetricProducer): void {
    super.setMetricProducer(producer)
    this.#producer = producer
  }

  /**
   * What counters and histograms have recorded, without waiting for anything: for the end of a process.
   *
   * @returns undefined where the provider can only be waited for, as that of sdk-metrics.
   */
  collectRecorded(): ResourceMetrics | undefined {
    return isRecording(this.#producer) ? this.#producer.collectRecorded() : undefined
  }
}

const isRecording = (producer: MetricProducer | undefined): producer is RecordingProducer =>
  producer !== undefined && 'collectRecorded' in producer
