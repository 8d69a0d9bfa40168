// The same with CommonJS.
const { createServer } = require('node:http')
const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus')
const { resourceFromAttributes } = require('@opentelemetry/resources')
const { MeterProvider } = require('@opentelemetry/sdk-metrics')
const { getInstrumentations, setRoute } = require('agentgateway-otel')

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
