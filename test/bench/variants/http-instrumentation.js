// HttpInstrumentation as its documentation has it, metrics only, with a reader that is scraped.
import { createServer } from 'node:http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

// Its own server cannot take a free port.
const exporter = new PrometheusExporter({ preventServerStart: true })
const meterProvider = new MeterProvider({ readers: [exporter] })
registerInstrumentations({ instrumentations: [new HttpInstrumentation()], meterProvider })

const endpoint = createServer((request, response) => exporter.getMetricsRequestHandler(request, response))
endpoint.listen(0, '127.0.0.1', () => {
  console.error(`http://127.0.0.1:${endpoint.address().port}/metrics`)
})
