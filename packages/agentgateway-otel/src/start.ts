import { createScrapeEndpoint } from '@agentgateway-otel/exporter'
import { HttpMetricsInstrumentation } from '@agentgateway-otel/instrumentation-http'
import { LlmInstrumentation } from '@agentgateway-otel/instrumentation-llm'
import { McpInstrumentation } from '@agentgateway-otel/instrumentation-mcp'
import { MeterProvider } from '@agentgateway-otel/meter'
import { MAX_METRIC_SERIES, selectsRuntime } from '@agentgateway-otel/metrics'
import { onFault } from '@agentgateway-otel/wire'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import type { Configuration, OtlpConfiguration } from './configuration/configuration.ts'
import { readConfiguration } from './configuration/read-configuration.ts'
import { RESOURCE_DETECTORS, type ResourceDetectorName } from './configuration/resource-detectors.ts'
import { exportOnDemand } from './exports-on-demand.ts'
import { areBundlesInPlace, loadBundle } from './lazy.ts'
import { createLazyPage } from './lazy-page.ts'
import type { LazySharing } from './lazy-sharing.ts'
import { createLog, type Log } from './log.ts'
import { originOf } from './origin.ts'
import type { OtlpExports } from './otlp/exports.ts'
import { loadProtocol } from './otlp/protocols.ts'
import { packageName } from './package-name.ts'
import { unpackPm2Environment } from './pm2.ts'
import { configuredName, createResource } from './resource.ts'
import { serve } from './serve.ts'
import { VERSION } from './version.ts'
import { wrapperOf } from './wrappers.ts'

const STARTED = Symbol.for('agentgateway-otel.started')

/**
 * Starts the metrics of this process as the environment configures them, or logs why they are off. Another call does
 * nothing, also one of another copy of this package.
 */
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
    log('debug', `${VERSION} is off in ${wrapper}, which only starts the app`)
    return
  }
  for (const problem of configuration.problems) log('warn', problem)
  if (configuration.prometheus === undefined && configuration.otlp === undefined) {
    log('info', `${VERSION} is off, because no exporter is left; see AGENTGATEWAY_EXPORTERS and OTEL_METRICS_EXPORTER`)
    return
  }
  if (!mayUseNetwork()) {
    log('warn', `${VERSION} is off, because --permission keeps this process off the network; add --allow-net`)
    return
  }
  if (!areBundlesInPlace()) {
    log(
      'error',
      `${VERSION} is off, because a bundler has put a part of it into the app's bundle; leave agentgateway-otel out of that (esbuild: --external:agentgateway-otel)`,
    )
    return
  }
  startMetrics(configuration, log)
}

/**
 * Returns whether Node's permission model lets this process listen. Node.js 26 throws the error of one that must not
 * where nobody can catch it, which ends the process.
 */
function mayUseNetwork(): boolean {
  const { permission } = process as { permission?: { has(scope: string): boolean } }
  if (permission === undefined) return true
  return !process.allowedNodeEnvironmentFlags.has('--allow-net') || permission.has('net')
}

function startMetrics(configuration: Configuration, log: Log): void {
  const { prometheus, locks, otlp, metrics, buckets, mcpSessionIdleSeconds, httpInstrumentation, llmHosts } =
    configuration
  const report = reportOnce(log)
  onFault(report)
  // The provider is private: OpenTelemetry's globals are the app's, so nothing is registered there.
  const service = configuredName(configuration)
  const origin = originOf(process.env, service)
  const resource = createResource({
    ...configuration,
    packageName: service === undefined ? packageName(origin, process.execArgv) : undefined,
    hasInstance: otlp !== undefined,
  })
  const gateway = String(resource.attributes.gateway)
  const otlpExports: OtlpExports = {}
  let sharing: LazySharing | undefined
  const page = createLazyPage(() => ({
    gateway,
    origin,
    processes: () => sharing?.processes(),
    scrapes: () => endpoint?.scrapes ?? [],
    otlp,
    otlpExports,
  }))
  const lock = prometheus && locks && loadBundle('locks').createConfiguredLock({ ...locks, log, onError: report })
  const endpoint = prometheus && createScrapeEndpoint({ onError: report, metrics, buckets, lock, page })
  const readers: IMetricReader[] = []
  if (endpoint) readers.push(endpoint.reader)
  const otlpReader =
    otlp && createOtlpReader(otlp, configuration.resourceDetectors ?? RESOURCE_DETECTORS, log, otlpExports)
  if (otlpReader) readers.push(otlpReader)

  const provider = new MeterProvider({ readers, resource, cardinalityLimit: MAX_METRIC_SERIES })
  const http = new HttpMetricsInstrumentation({
    metrics,
    buckets,
    ignorePaths: configuration.httpIgnore,
    routes: configuration.routes,
  })
  const llm = new LlmInstrumentation({
    metrics,
    buckets,
    hosts: llmHosts,
    onProblem: (problem) => log('warn', problem),
  })
  const mcp = new McpInstrumentation({ metrics, buckets, sessionIdleSeconds: mcpSessionIdleSeconds })
  for (const instrumentation of [http, llm, mcp]) {
    instrumentation.setMeterProvider(provider)
    instrumentation.enable()
  }
  if (otlp && otlpReader) {
    const settle = () => llm.countHeldCalls()
    exportOnDemand({ reader: otlpReader, configuration: otlp, exports: otlpExports, settle, log })
  }
  if (selectsRuntime(metrics)) loadBundle('runtime').startRuntimeMetrics(provider)
  // This comes after the OTLP bridge, which keeps Node's own `request`, so that it does not count the bridge's
  // requests.
  if (httpInstrumentation) loadBundle('http-instrumentation').startHttpInstrumentation(provider)
  if (endpoint && prometheus) {
    const { perProcess } = configuration
    // A call that its SDK may retry, or that goes on in the background, is counted with what is known of it.
    const settle = () => llm.disable()
    sharing = serve(endpoint, { ...prometheus, perProcess, origin, gateway, report, log, settle })
  } else log('info', `${VERSION}, metrics go to OTLP only`)
}

function createOtlpReader(
  otlp: OtlpConfiguration,
  detectors: readonly ResourceDetectorName[],
  log: Log,
  exports: OtlpExports,
): IMetricReader {
  const detected = detectors.length === 0 ? Promise.resolve({}) : loadBundle('otlp-resource').detectResource(detectors)
  return loadBundle('otlp').createOtlpReader(otlp, loadProtocol(otlp.protocol), detected, log, exports)
}

/**
 * Logs the first fault as an error and later ones as debug lines: they may be the same fault, once for each request.
 */
function reportOnce(log: Log): (fault: unknown) => void {
  let hasReported = false
  return (fault) => {
    log(hasReported ? 'debug' : 'error', `internal error, the app is not affected: ${describe(fault)}`)
    hasReported = true
  }
}

/** Returns the fault with its stack on one line, since every line on stderr is a message of its own. */
const describe = (fault: unknown) =>
  (fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)).replace(/\n\s*(?=at )/g, ' ')
