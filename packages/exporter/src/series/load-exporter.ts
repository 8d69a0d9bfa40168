import type * as ExporterPrometheus from '@opentelemetry/exporter-prometheus'

/** Loads OpenTelemetry's exporter. To be called at the first scrape, since loading it would slow down every start. */
export const loadExporter = (): Promise<Pick<typeof ExporterPrometheus, 'PrometheusExporter'>> =>
  import('@opentelemetry/exporter-prometheus')
