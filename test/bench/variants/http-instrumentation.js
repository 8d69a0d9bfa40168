// HttpInstrumentation as its documentation has it, metrics only, with a reader that is scraped.
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { serve } from './endpoint.js'

// Its own server cannot take a free port.
const exporter = new PrometheusExporter({ preventServerStart: true })
const meterProvider = new MeterProvider({ readers: [exporter] })
registerInstrumentations({ instrumentations: [new HttpInstrumentation()], meterProvider })

serve((request, response) => exporter.getMetricsRequestHandler(request, response))
