// OpenTelemetry's NodeSDK, version 2, whose metrics Prometheus scrapes: on the port that PROMETHEUS_PORT names.
const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus')
const { NodeSDK } = require('@opentelemetry/sdk-node')

const port = Number(process.env.PROMETHEUS_PORT)
new NodeSDK({ metricReaders: [new PrometheusExporter({ host: '127.0.0.1', port })], spanProcessors: [] }).start()
