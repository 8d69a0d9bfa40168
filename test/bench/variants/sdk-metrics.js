// The instrumentations of agentgateway-otel, which here record with the MeterProvider of sdk-metrics instead of their own.
import { HttpMetricsInstrumentation } from '@agentgateway-otel/instrumentation-http'
import { LlmInstrumentation } from '@agentgateway-otel/instrumentation-llm'
import { McpInstrumentation } from '@agentgateway-otel/instrumentation-mcp'
import { ignoreServer } from '@agentgateway-otel/wire'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { endpoint, serve } from './endpoint.js'

const exporter = new PrometheusExporter({ preventServerStart: true })
const provider = new MeterProvider({ readers: [exporter] })
for (const instrumentation of [new HttpMetricsInstrumentation(), new LlmInstrumentation(), new McpInstrumentation()]) {
  instrumentation.setMeterProvider(provider)
  instrumentation.enable()
}
ignoreServer(endpoint)
serve((request, response) => exporter.getMetricsRequestHandler(request, response))
