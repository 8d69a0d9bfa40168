// HttpInstrumentation set up as its documentation says, with metrics only, which can be scraped.
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { serve } from './endpoint.js'

// The exporter's own server cannot listen on a port that the operating system chooses.
const exporter = new PrometheusExporter({ preventServerStart: true })
const meterProvider = new MeterProvider({ readers: [exporter] })
registerInstrumentations({ instrumentations: [new HttpInstrumentation()], meterProvider })

serve((request, response) => exporter.getMetricsRequestHandler(request, response))
