// What the packages' examples take for given: a reader, and a MeterProvider of the app.
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

const reader = new PrometheusExporter({ preventServerStart: true })
const meterProvider = new MeterProvider({ readers: [new PrometheusExporter({ preventServerStart: true })] })
Object.assign(globalThis, { reader, meterProvider, provider: meterProvider })
