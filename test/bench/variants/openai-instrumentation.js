// OpenTelemetry's instrumentation of the openai package, with metrics only, which can be scraped.
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { serve } from './endpoint.js'

const exporter = new PrometheusExporter({ preventServerStart: true })
const meterProvider = new MeterProvider({ readers: [exporter] })
registerInstrumentations({ instrumentations: [new OpenAIInstrumentation()], meterProvider })

serve((request, response) => exporter.getMetricsRequestHandler(request, response))
