/** OpenTelemetry's Prometheus exporter, in a bundle of its own: the first scrape needs it, no start does. */
export { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
