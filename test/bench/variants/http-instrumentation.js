// HttpInstrumentation set up as in its documentation, with metrics only and a reader that is scraped.
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { serve } from './endpoint.js'

// The exporter's own server cannot use a port that the system chooses.
const exporter = new PrometheusExporter({ preventServerStart: true })
const meterProvider = new MeterProvider({ readers: [exporter] })
registerInstrumentations({ instrumentations: [new HttpInstrumentation()], meterProvider })

serve((request, response) => exporter.getMetricsRequestHandler(request, response))
