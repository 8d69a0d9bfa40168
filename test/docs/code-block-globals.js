// The globals that the READMEs' examples assume: a reader, and the app's MeterProvider.
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

const reader = new PrometheusExporter({ preventServerStart: true })
const meterProvider = new MeterProvider({ readers: [new PrometheusExporter({ preventServerStart: true })] })
Object.assign(globalThis, { reader, meterProvider, provider: meterProvider })
