// An app with its own MeterProvider, which takes the instrumentations.
import { createServer } from 'node:http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { getInstrumentations, setRoute } from 'agentgateway-otel'

const reader = new PrometheusExporter({ host: '127.0.0.1', port: Number(process.env.SDK_PORT) })
const provider = new MeterProvider({
  readers: [reader],
  resource: resourceFromAttributes({ 'service.name': 'bundled' }),
})
for (const instrumentation of getInstrumentations()) {
  instrumentation.setMeterProvider(provider)
  instrumentation.enable()
}
const server = createServer((request, response) => {
  setRoute(request, '/hello/:name')
  response.end('hello')
}).listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
