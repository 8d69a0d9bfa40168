// Serves one request, and writes the warnings of OpenTelemetry's logger and the names of the metrics that were recorded.
const { once } = require('node:events')
const http = require('node:http')
const { diag, DiagLogLevel } = require('@opentelemetry/api')
const { registerInstrumentations } = require('@opentelemetry/instrumentation')
const { MeterProvider, MetricReader } = require('@opentelemetry/sdk-metrics')
const { getInstrumentations } = require('agentgateway-otel')

class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
  selectAggregationTemporality = () => 1
}

async function main() {
  const log = (message) => console.log(`log: ${message}`)
  diag.setLogger({ error: log, warn: log, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN)
  const reader = new Reader()
  const meterProvider = new MeterProvider()
  meterProvider.addMetricReader(reader)
  registerInstrumentations({ instrumentations: [getInstrumentations({ gateway: 'shop' })], meterProvider })

  const server = http.createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const [[, served]] = await Promise.all([
    once(server, 'request'),
    fetch(`http://127.0.0.1:${server.address().port}`, { headers: { connection: 'close' } }),
  ])
  if (!served.closed) await once(served, 'close')
  server.close()
  const { resourceMetrics } = await reader.collect()
  for (const { metrics } of resourceMetrics.scopeMetrics) {
    for (const { descriptor, dataPoints } of metrics) {
      if (dataPoints.length > 0)
        console.log(`${descriptor.name} ${JSON.stringify(dataPoints.map(({ value }) => value))}`)
    }
  }
  console.log('end')
}

main()
