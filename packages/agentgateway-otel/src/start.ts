import { createScrapeEndpoint } from '@agentgateway-otel/exporter'
import { HttpMetricsInstrumentation } from '@agentgateway-otel/instrumentation-http'
import { LlmInstrumentation } from '@agentgateway-otel/instrumentation-llm'
import { McpInstrumentation } from '@agentgateway-otel/instrumentation-mcp'
import { MeterProvider } from '@agentgateway-otel/meter'
import { onFault } from '@agentgateway-otel/wire'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { type Configuration, readConfiguration } from './configuration.ts'
import { loadBundle } from './load-bundle.ts'
import { createLog, type Log } from './log.ts'
import { originOf } from './origin.ts'
import { unpackPm2Environment } from './pm2.ts'
import { createResource } from './resource.ts'
import { serve } from './serve.ts'
import { VERSION } from './version.ts'
import { wrapperOf } from './wrappers.ts'

/** Of one metric. Label sets bound themselves at 2,000, and what comes on top are their `_OTHER` series: this is the end. */
const MAX_SERIES = 4000

const STARTED = Symbol.for('agentgateway-otel.started')

/** Starts counting in this process, as the environment says. A second call, also of another copy, does nothing. */
export function start(): void {
  if (STARTED in globalThis) return
  Object.defineProperty(globalThis, STARTED, { value: VERSION })

  unpackPm2Environment(process.env)
  const configuration = readConfiguration(process.env)
  const log = createLog(configuration.logLevel)
  if (configuration.disabled) {
    log('info', `${VERSION} is off, because OTEL_SDK_DISABLED is true`)
    return
  }
  const wrapper = wrapperOf(process)
  if (wrapper !== undefined) {
    log('debug', `${VERSION} leaves out ${wrapper}, which only starts the app`)
    return
  }
  for (const problem of configuration.problems) log('warn', problem)
  if (configuration.prometheus === undefined && configuration.otlp === undefined) {
    log('info', `${VERSION} is off, because OTEL_METRICS_EXPORTER leaves nowhere to send metrics`)
    return
  }
  if (!mayUseNetwork()) {
    log('warn', `${VERSION} is off, because --permission keeps this process off the network; add --allow-net`)
    return
  }
  count(configuration, log)
}

/** Node.js 26 ends a process that listens without this permission: the error is thrown where nobody can catch it. */
function mayUseNetwork(): boolean {
  const { permission } = process as { permission?: { has(scope: string): boolean } }
  if (permission === undefined) return true
  return !process.allowedNodeEnvironmentFlags.has('--allow-net') || permission.has('net')
}

function count(configuration: Configuration, log: Log): void {
  const { prometheus, otlp, mcpSessionIdleSeconds, httpInstrumentation, llmHosts } = configuration
  const report = once(log)
  onFault(report)
  const endpoint = prometheus && createScrapeEndpoint({ onError: report })
  const readers: IMetricReader[] = []
  if (endpoint) readers.push(endpoint.reader)
  if (otlp) {
    // A bundle of its own: most apps are only scraped.
    readers.push(loadBundle('otlp').createOtlpReader(otlp, log))
  }

  // Private: nothing of OpenTelemetry's globals is registered, they are the app's.
  const resource = createResource(otlp !== undefined)
  const provider = new MeterProvider({ readers, resource, cardinalityLimit: MAX_SERIES })
  const llm = new LlmInstrumentation({ hosts: llmHosts, onProblem: (problem) => log('warn', problem) })
  const mcp = new McpInstrumentation({ sessionIdleSeconds: mcpSessionIdleSeconds })
  for (const instrumentation of [new HttpMetricsInstrumentation(), llm, mcp]) {
    instrumentation.setMeterProvider(provider)
    instrumentation.enable()
  }
  if (httpInstrumentation) {
    // After the OTLP bridge, whose requests are none of the app's.
    loadBundle('http-instrumentation').startHttpInstrumentation(provider)
  }
  if (endpoint && prometheus) {
    const { perProcess } = configuration
    // A call that its SDK may make again, or that goes on in the background, is counted as it stands.
    const settle = () => llm.disable()
    serve(endpoint, { ...prometheus, perProcess, origin: originOf(process.env, resource), report, log, settle })
  } else log('info', `${VERSION}, metrics go to OTLP only`)
}

/** Reports the first fault; of the others one cannot know that they differ, and a line per request helps nobody. */
function once(log: Log): (fault: unknown) => void {
  let reported = false
  return (fault) => {
    log(reported ? 'debug' : 'error', `internal error, the app is not affected: ${describe(fault)}`)
    reported = true
  }
}

/** The frames of a stack stand in the same line: a line on stderr is a message of its own. */
const describe = (fault: unknown) =>
  (fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)).replace(/\n\s*(?=at )/g, ' ')
