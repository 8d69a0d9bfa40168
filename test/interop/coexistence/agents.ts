import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Collector } from './collectors/collector.ts'
import { startDatadog } from './collectors/datadog.ts'
import { startNewRelic } from './collectors/new-relic.ts'
import { startOtlp } from './collectors/otlp.ts'
import { startSentry } from './collectors/sentry.ts'

const { resolve } = createRequire(import.meta.url)
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** A tracing agent, set up as its documentation says. */
export interface Agent {
  readonly start: () => Promise<Collector>
  /** The flags of Node.js that load the agent before an app, by the app's module system. */
  readonly flags: { readonly cjs: readonly string[]; readonly mjs: readonly string[] }
  /**
   * The module that an app may load in its first line instead, by the app's module system; undefined where the agent must be
   * loaded by a flag.
   */
  readonly inside: { readonly cjs: string | undefined; readonly mjs: string | undefined }
  /** The header that propagates the trace in the app's calls. */
  readonly header: 'traceparent' | 'sentry-trace'
  /** Whether the agent traces `fetch` as well as `http.request`. */
  readonly tracesFetch: boolean
  /** Whether the agent also reports scrapes: it subscribes to Node's channels, which publish them too. */
  readonly seesScrapes?: boolean
  /** Whether the agent traces HTTP by OpenTelemetry's HttpInstrumentation. */
  readonly hasHttpInstrumentation?: boolean
  /** The places that the preload's flag may have among the agent's flags. Default: first and last. */
  readonly orders?: readonly ('first' | 'last')[]
  /** Removes from stdout what differs from run to run. */
  comparable(stdout: string): string
}

const asIs = (stdout: string) => stdout
const edot = here('./node_modules/@elastic/opentelemetry-node/import.mjs')
const otel3 = { cjs: here('./otel-3/agent.cjs'), mjs: here('./otel-3/agent.mjs') }
const otel2 = { cjs: here('./agents/otel-2.cjs'), mjs: here('./agents/otel-2.mjs') }

export const AGENTS: Readonly<Record<string, Agent>> = {
  "OpenTelemetry's NodeSDK 3": {
    start: startOtlp,
    flags: { cjs: ['--require', otel3.cjs], mjs: ['--import', otel3.mjs] },
    inside: otel3,
    hasHttpInstrumentation: true,
    header: 'traceparent',
    tracesFetch: true,
    comparable: asIs,
  },
  "OpenTelemetry's NodeSDK 2": {
    start: startOtlp,
    flags: { cjs: ['--require', otel2.cjs], mjs: ['--import', otel2.mjs] },
    inside: otel2,
    hasHttpInstrumentation: true,
    header: 'traceparent',
    tracesFetch: false,
    comparable: asIs,
  },
  "Elastic's EDOT": {
    start: startOtlp,
    flags: { cjs: ['--import', edot], mjs: ['--import', edot] },
    inside: { cjs: undefined, mjs: undefined },
    header: 'traceparent',
    tracesFetch: true,
    // It sets OTEL_METRICS_EXPORTER to otlp for the whole process, which applies to a preload that is loaded later.
    orders: ['first'],
    // It writes its log to stdout.
    comparable: (stdout) => stdout.replaceAll(/^\{"name":"elastic-otel-node".*\n/gm, ''),
  },
  'dd-trace': {
    start: startDatadog,
    flags: { cjs: ['--require', resolve('dd-trace/init')], mjs: ['--import', resolve('dd-trace/initialize.mjs')] },
    inside: { cjs: resolve('dd-trace/init'), mjs: undefined },
    header: 'traceparent',
    tracesFetch: true,
    comparable: asIs,
  },
  '@sentry/node': {
    start: startSentry,
    flags: { cjs: ['--import', here('./agents/sentry.mjs')], mjs: ['--import', here('./agents/sentry.mjs')] },
    inside: { cjs: here('./agents/sentry.cjs'), mjs: undefined },
    header: 'sentry-trace',
    seesScrapes: true,
    tracesFetch: true,
    comparable: asIs,
  },
  newrelic: {
    start: startNewRelic,
    flags: {
      cjs: ['--require', resolve('newrelic')],
      mjs: ['--import', resolve('newrelic/esm-loader.mjs'), '--require', resolve('newrelic')],
    },
    inside: { cjs: resolve('newrelic'), mjs: undefined },
    header: 'traceparent',
    tracesFetch: true,
    comparable: asIs,
  },
}
