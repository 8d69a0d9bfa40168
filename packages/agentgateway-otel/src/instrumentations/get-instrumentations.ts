import { HttpMetricsInstrumentation } from '@agentgateway-otel/instrumentation-http'
import { LlmInstrumentation } from '@agentgateway-otel/instrumentation-llm'
import { McpInstrumentation } from '@agentgateway-otel/instrumentation-mcp'
import { onFault } from '@agentgateway-otel/wire'
import { reportFault, warnApp } from './app-diagnostics.ts'
import { withGateway } from './gateway-meter-provider.ts'
import { checkOptions, type InstrumentationOptions } from './options.ts'

/** An instrumentation as `@opentelemetry/instrumentation` of any version from 0.200 on takes it. */
export interface MetricsOnlyInstrumentation {
  readonly instrumentationName: string
  readonly instrumentationVersion: string
  enable(): void
  disable(): void
  setMeterProvider(meterProvider: unknown): void
  /** Does nothing, because no spans are made. */
  setTracerProvider(tracerProvider: unknown): void
  setConfig(config: { enabled?: boolean }): void
  getConfig(): { enabled?: boolean }
}

/**
 * Creates the instrumentations for HTTP, MCP and LLM traffic, for an OpenTelemetry SDK of the app's own. They record the
 * metrics of this package with that SDK's MeterProvider, and start when the SDK enables them: what happened before is
 * not counted. They need no preload. With the preload, both record each request once.
 *
 * @throws TypeError when an option is unknown or has a value that cannot be used
 * @example
 * new NodeSDK({ metricReaders: [reader], instrumentations: [getInstrumentations()] }).start()
 */
export function getInstrumentations(options: InstrumentationOptions = {}): MetricsOnlyInstrumentation[] {
  const { gateway, metrics, llmHosts, ignorePaths, routes, mcpSessionIdleSeconds } = checkOptions(options)
  onFault(reportFault)
  const instrumentations = [
    new HttpMetricsInstrumentation({ metrics, ignorePaths, ...(routes && { routes }) }),
    new McpInstrumentation({ metrics, ...(mcpSessionIdleSeconds && { sessionIdleSeconds: mcpSessionIdleSeconds }) }),
    new LlmInstrumentation({ metrics, hosts: llmHosts, onProblem: warnApp }),
  ]
  for (const instrumentation of instrumentations) {
    const setMeterProvider = instrumentation.setMeterProvider.bind(instrumentation)
    instrumentation.setMeterProvider = (provider) => setMeterProvider(withGateway(provider, gateway))
  }
  return instrumentations as MetricsOnlyInstrumentation[]
}
