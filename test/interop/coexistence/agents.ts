import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { NODE } from '../../harness/app.ts'
import { startAzure } from './collectors/azure.ts'
import type { StartCollector } from './collectors/collector.ts'
import { startDatadog } from './collectors/datadog.ts'
import { startElasticApm } from './collectors/elastic-apm.ts'
import { startLangfuse } from './collectors/langfuse.ts'
import { startNewRelic } from './collectors/new-relic.ts'
import { startOtlp } from './collectors/otlp.ts'
import { startSentry } from './collectors/sentry.ts'

const { resolve } = createRequire(import.meta.url)
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** The major version of the Node.js that apps run on. */
const NODE_MAJOR = Number(spawnSync(NODE, ['-p', 'parseInt(process.versions.node)'], { encoding: 'utf8' }).stdout)

/** A tracing agent, set up as its documentation says. */
export interface Agent {
  /** The npm packages. */
  readonly packages: readonly string[]
  /** The folder whose `node_modules` has them. Default: this one. */
  readonly folder?: 'otel-3'
  /** What a user has to know, for the README; undefined if there is nothing. */
  readonly known?: string
  readonly start: StartCollector
  /**
   * The flags of Node.js that load the agent before an app, by the app's module system; undefined for an agent that its
   * documentation does not load by flags, or not in that system.
   */
  readonly flags: { readonly cjs?: readonly string[]; readonly mjs?: readonly string[] }
  /** The module that an app may load in its first line instead, by the app's module system, if there is one. */
  readonly inside: { readonly cjs?: string; readonly mjs?: string }
  /** Whether the agent reports the requests that the app serves, or calls of models alone. */
  readonly traces: 'requests' | 'llm'
  /** The header that propagates the trace in the app's calls; undefined for an agent that propagates none. */
  readonly header?: 'traceparent' | 'sentry-trace'
  /** Whether the agent traces `fetch` as well as `http.request`. */
  readonly tracesFetch: boolean
  /** Of MCP messages: how many spans the agent reports as it does those of requests. Default: 0. */
  readonly mcpServerSpans?: number
  /** Of each call of a model: how many spans an agent reports that traces nothing else. Default: 1. */
  readonly spansPerCall?: number
  /** Whether the agent has metrics of its own, and whether these count requests; undefined if it has none. */
  readonly metrics?: 'requests' | 'others'
  /** Whether the agent traces HTTP by OpenTelemetry's HttpInstrumentation. */
  readonly hasHttpInstrumentation?: boolean
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Removes from stdout what differs from run to run. Default: nothing. */
  comparable?(stdout: string): string
}

const edot = here('./node_modules/@elastic/opentelemetry-node/import.mjs')
const otel3 = { cjs: here('./otel-3/agent.cjs'), mjs: here('./otel-3/agent.mjs') }
const otel3Resolve = createRequire(otel3.cjs).resolve
const autoRegister = otel3Resolve('@opentelemetry/auto-instrumentations-node/register')
const loaderHook = (resolve: NodeJS.RequireResolve) =>
  pathToFileURL(resolve('@opentelemetry/instrumentation/hook.mjs')).href

/** The modules `agents/<name>.cjs` and `agents/<name>.mjs`. */
const ownModules = (name: string) => ({ cjs: here(`./agents/${name}.cjs`), mjs: here(`./agents/${name}.mjs`) })
const byFlags = ({ cjs, mjs }: { readonly cjs: string; readonly mjs: string }) => ({
  cjs: ['--require', cjs],
  mjs: ['--import', mjs],
})
const otel2 = ownModules('otel-2')
const azure = ownModules('azure')
const openlit = ownModules('openlit')
const traceloop = ownModules('traceloop')
const langfuse = here('./agents/langfuse.cjs')
const langfuse3 = here('./agents/langfuse-3.cjs')

export const AGENTS: Readonly<Record<string, Agent>> = {
  "OpenTelemetry's NodeSDK 3": {
    packages: ['@opentelemetry/sdk-node'],
    folder: 'otel-3',
    known: 'Metrics of a `PrometheusExporter` need a port of their own: see below',
    start: startOtlp,
    flags: byFlags(otel3),
    inside: otel3,
    traces: 'requests',
    metrics: 'requests',
    hasHttpInstrumentation: true,
    header: 'traceparent',
    tracesFetch: true,
  },
  "OpenTelemetry's NodeSDK 2": {
    packages: ['@opentelemetry/sdk-node'],
    known: 'As with version 3',
    start: startOtlp,
    flags: byFlags(otel2),
    inside: otel2,
    traces: 'requests',
    metrics: 'requests',
    hasHttpInstrumentation: true,
    header: 'traceparent',
    tracesFetch: false,
  },
  '@opentelemetry/auto-instrumentations-node': {
    packages: ['@opentelemetry/auto-instrumentations-node'],
    folder: 'otel-3',
    known:
      "ES modules need its loader hook. Loaded before this package with OTLP, it may report a `dns.lookup` of the app's own `listen` that it missed before",
    start: startOtlp,
    flags: {
      cjs: ['--require', autoRegister],
      mjs: ['--experimental-loader', loaderHook(otel3Resolve), '--import', autoRegister],
    },
    inside: {},
    traces: 'requests',
    metrics: 'requests',
    header: 'traceparent',
    tracesFetch: true,
  },
  "Elastic's EDOT": {
    packages: ['@elastic/opentelemetry-node'],
    known:
      "It sets `OTEL_METRICS_EXPORTER=otlp` and delta temporality for the process, which apply to a flag of this package that stands after EDOT's",
    start: startOtlp,
    flags: { cjs: ['--import', edot], mjs: ['--import', edot] },
    inside: {},
    traces: 'requests',
    metrics: 'requests',
    header: 'traceparent',
    tracesFetch: true,
    // It writes its log to stdout.
    comparable: (stdout) => stdout.replaceAll(/^\{"name":"elastic-otel-node".*\n/gm, ''),
  },
  '@splunk/otel': {
    packages: ['@splunk/otel'],
    known: 'As with `auto-instrumentations-node`',
    start: startOtlp,
    flags: {
      cjs: ['--require', resolve('@splunk/otel/instrument')],
      mjs: ['--experimental-loader', loaderHook(resolve), '--import', resolve('@splunk/otel/instrument')],
    },
    inside: {},
    traces: 'requests',
    metrics: 'others',
    header: 'traceparent',
    tracesFetch: true,
    env: { SPLUNK_METRICS_ENABLED: 'true' },
  },
  '@azure/monitor-opentelemetry': {
    packages: ['@azure/monitor-opentelemetry'],
    start: startAzure,
    flags: byFlags(azure),
    inside: azure,
    traces: 'requests',
    metrics: 'others',
    header: 'traceparent',
    tracesFetch: false,
  },
  'elastic-apm-node': {
    packages: ['elastic-apm-node'],
    known: 'ES modules need its loader hook, with which apps end on Node.js 22',
    start: startElasticApm,
    flags: {
      cjs: ['--require', resolve('elastic-apm-node/start.js')],
      // On Node.js 22 an ES module that imports CommonJS ends with ERR_METHOD_NOT_IMPLEMENTED, without this package too.
      ...(NODE_MAJOR > 22 && {
        mjs: [
          ...['--experimental-loader', pathToFileURL(resolve('elastic-apm-node/loader.mjs')).href],
          ...['--require', resolve('elastic-apm-node/start.js')],
        ],
      }),
    },
    inside: { cjs: resolve('elastic-apm-node/start.js') },
    traces: 'requests',
    metrics: 'others',
    header: 'traceparent',
    tracesFetch: true,
  },
  'dd-trace': {
    packages: ['dd-trace'],
    start: startDatadog,
    flags: { cjs: ['--require', resolve('dd-trace/init')], mjs: ['--import', resolve('dd-trace/initialize.mjs')] },
    inside: { cjs: resolve('dd-trace/init') },
    traces: 'requests',
    mcpServerSpans: 1,
    header: 'traceparent',
    tracesFetch: true,
  },
  '@sentry/node': {
    packages: ['@sentry/node'],
    start: startSentry,
    flags: { cjs: ['--import', here('./agents/sentry.mjs')], mjs: ['--import', here('./agents/sentry.mjs')] },
    inside: { cjs: here('./agents/sentry.cjs') },
    traces: 'requests',
    mcpServerSpans: 2,
    header: 'sentry-trace',
    tracesFetch: true,
  },
  newrelic: {
    packages: ['newrelic'],
    start: startNewRelic,
    flags: {
      cjs: ['--require', resolve('newrelic')],
      mjs: ['--import', resolve('newrelic/esm-loader.mjs'), '--require', resolve('newrelic')],
    },
    inside: { cjs: resolve('newrelic') },
    traces: 'requests',
    metrics: 'requests',
    header: 'traceparent',
    tracesFetch: true,
  },
  openlit: {
    packages: ['openlit'],
    start: startOtlp,
    flags: byFlags(openlit),
    inside: openlit,
    traces: 'requests',
    metrics: 'others',
    header: 'traceparent',
    tracesFetch: true,
    env: { OTEL_EXPORTER_OTLP_METRICS_EXPORT_INTERVAL: '2000' },
  },
  '@traceloop/node-server-sdk': {
    packages: ['@traceloop/node-server-sdk'],
    known: 'It does not trace openai 7; this package counts its calls',
    start: async (service) => {
      const { env, ...collector } = await startOtlp(service)
      return { ...collector, env: { ...env, TRACELOOP_BASE_URL: env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '' } }
    },
    flags: byFlags(traceloop),
    inside: traceloop,
    traces: 'llm',
    tracesFetch: false,
  },
  '@langfuse/otel and @langfuse/openai': {
    packages: ['@langfuse/otel', '@langfuse/openai'],
    start: startLangfuse,
    flags: { cjs: ['--require', langfuse], mjs: ['--import', langfuse] },
    inside: { cjs: langfuse, mjs: langfuse },
    traces: 'llm',
    tracesFetch: false,
  },
  langfuse: {
    packages: ['langfuse'],
    start: startLangfuse,
    flags: { cjs: ['--require', langfuse3], mjs: ['--import', langfuse3] },
    inside: { cjs: langfuse3, mjs: langfuse3 },
    traces: 'llm',
    spansPerCall: 3,
    tracesFetch: false,
  },
}
