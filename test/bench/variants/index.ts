import { fileURLToPath } from 'node:url'
import { METRICS } from '@agentgateway-otel/metrics'
import { REGISTER } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import type { App, AppName } from '../apps/index.ts'

/** What was sent to an app before its variant's metrics are read. */
export interface Sent {
  readonly app: App
  readonly requests: number
  /** The bytes of all response bodies; undefined if the heads do not have their sizes. */
  readonly responseBytes: number | undefined
  /** The number of earlier scrapes. */
  readonly scrapes: number
}

/** A way to run the apps. */
export interface Variant {
  readonly name: string
  /** What the variant does, for the reader of the tables. */
  readonly what: string
  /** The packages whose versions are in the report. */
  readonly packages: readonly string[]
  /** The arguments of Node.js before the app's file. */
  readonly flags: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Whether the variant serves its metrics at OTEL_EXPORTER_PROMETHEUS_PORT and needs that to be a free port. */
  readonly needsPort?: true
  /** The apps that the variant supports. Default: all. */
  readonly apps?: readonly AppName[]
  /**
   * Returns the number of requests that the variant has counted, in each metric that counts requests. Undefined for variants
   * whose metrics can only be sent to a server.
   */
  readonly counted?: (families: Families, sent: Sent) => readonly number[]
}

/** The variants are JavaScript, so that no start includes the loading of a type stripper. */
const preload = (file: string) => ['--import', fileURLToPath(new URL(file, import.meta.url))]

/** A port of the loopback interface on which nothing listens (discard). */
const NOWHERE = 'http://127.0.0.1:9'

const HTTP_APPS = ['hello', 'express', 'fastify', 'mcp'] as const

/** The requests by the counter, and by the count of each of the three histograms. */
const countedByHand = (families: Families) => [
  sumOf(families, METRICS.requests.name),
  ...[METRICS.requestDuration, METRICS.requestSize, METRICS.responseSize].map(({ name }) =>
    sumOf(families, `${name}_count`),
  ),
]

/** The requests also by the bytes of the responses, and by the metrics of MCP and LLM traffic. */
function countedAll(families: Families, { app, requests, responseBytes }: Sent): number[] {
  const bytes = sumOf(families, `${METRICS.responseSize.name}_sum`)
  return [
    ...countedByHand(families),
    ...(responseBytes === undefined ? [] : [(bytes / responseBytes) * requests]),
    ...(app.counted?.(families) ?? []),
  ]
}

export const BARE: Variant = { name: 'bare', what: 'nothing: the app alone', packages: [], flags: [] }

export const OURS: Variant = {
  name: 'agentgateway-otel',
  what: 'counts all eleven metrics',
  packages: ['agentgateway-otel'],
  flags: ['--import', REGISTER],
  // A port that the system chooses, which no other program on the machine has.
  env: { OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  counted: countedAll,
}

export const PROM_CLIENT: Variant = {
  name: 'prom-client by hand',
  what: 'counts the six of HTTP over the same channels, sizes by the headers that are there',
  packages: ['prom-client'],
  flags: preload('./prom-client.js'),
  apps: HTTP_APPS,
  counted: countedByHand,
}

const PROMETHEUS_IO_CLIENT: Variant = {
  name: '@prometheus-io/client by hand',
  what: 'counts the six of HTTP over the same channels, sizes by the headers that are there',
  packages: ['@prometheus-io/client'],
  flags: preload('./prometheus-io-client.js'),
  apps: HTTP_APPS,
  counted: countedByHand,
}

const SDK_METRICS: Variant = {
  name: 'ours over sdk-metrics',
  what: 'counts all eleven with our instrumentations and OpenTelemetry’s MeterProvider in place of packages/meter',
  packages: ['@opentelemetry/sdk-metrics'],
  flags: preload('./sdk-metrics.js'),
  counted: countedAll,
}

const EXPRESS_PROM_BUNDLE: Variant = {
  name: 'express-prom-bundle',
  what: 'durations of HTTP requests',
  packages: ['express-prom-bundle', 'express'],
  flags: [],
  env: { EXPRESS_PROM_BUNDLE: '1' },
  apps: ['express'],
  counted: (families) => [sumOf(families, 'http_request_duration_seconds_count')],
}

const FASTIFY_METRICS: Variant = {
  name: 'fastify-metrics',
  what: 'durations of HTTP requests, as a histogram and a summary; and what Node.js tells of itself',
  packages: ['fastify-metrics', 'fastify'],
  flags: [],
  env: { FASTIFY_METRICS: '1' },
  apps: ['fastify'],
  counted: (families) =>
    ['http_request_duration_seconds_count', 'http_request_summary_seconds_count'].map((name) =>
      sumOf(families, name, { method: 'POST' }),
    ),
}

/** The counts of a variant that counts scrapes as requests, too. */
const countedByHttpInstrumentation = (families: Families, { scrapes }: Sent) => [
  sumOf(families, 'http_server_request_duration_count') - scrapes,
]

export const HTTP_INSTRUMENTATION: Variant = {
  name: 'HttpInstrumentation',
  what: 'durations of HTTP requests',
  packages: ['@opentelemetry/instrumentation-http'],
  flags: preload('./http-instrumentation.js'),
  apps: HTTP_APPS,
  counted: countedByHttpInstrumentation,
}

const OPENAI_INSTRUMENTATION: Variant = {
  name: 'instrumentation-openai',
  what: 'durations and tokens of calls of the openai package',
  packages: ['@opentelemetry/instrumentation-openai', 'openai'],
  flags: preload('./openai-instrumentation.js'),
  apps: ['llm-json', 'llm-stream'],
  counted: (families) => [sumOf(families, 'gen_ai_client_operation_duration_count')],
}

/** Set up as in its documentation, without detectors that use the network, and with exporters that reach nothing. */
export const AUTO_INSTRUMENTATIONS: Variant = {
  name: 'auto-instrumentations-node',
  what: 'all of OpenTelemetry’s instrumentations, metrics only, without traces',
  packages: ['@opentelemetry/auto-instrumentations-node'],
  flags: ['--require', fileURLToPath(import.meta.resolve('@opentelemetry/auto-instrumentations-node/register'))],
  env: {
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'prometheus',
    OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
  },
  needsPort: true,
  counted: countedByHttpInstrumentation,
}

const OPENLIT: Variant = {
  name: 'openlit',
  what: 'metrics and traces of LLM calls, and of HTTP by OpenTelemetry’s instrumentations; the traces cannot be sent',
  packages: ['openlit'],
  flags: preload('./openlit.js'),
  counted: (families, sent) => [
    ...countedByHttpInstrumentation(families, sent),
    ...(sent.app.name === 'llm-json' || sent.app.name === 'llm-stream'
      ? [sumOf(families, 'gen_ai_client_operation_duration_count')]
      : []),
  ],
}

export const DD_TRACE: Variant = {
  name: 'dd-trace',
  what: 'traces, which cannot be sent; no metrics without its agent',
  packages: ['dd-trace'],
  flags: ['--require', fileURLToPath(import.meta.resolve('dd-trace/init'))],
  env: {
    DD_TRACE_AGENT_URL: NOWHERE,
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    DD_CRASHTRACKING_ENABLED: 'false',
    DD_TRACE_STARTUP_LOGS: 'false',
  },
}

export const VARIANTS: readonly Variant[] = [
  BARE,
  OURS,
  PROM_CLIENT,
  PROMETHEUS_IO_CLIENT,
  EXPRESS_PROM_BUNDLE,
  FASTIFY_METRICS,
  SDK_METRICS,
  HTTP_INSTRUMENTATION,
  OPENAI_INSTRUMENTATION,
  AUTO_INSTRUMENTATIONS,
  OPENLIT,
  DD_TRACE,
]

/** The variants that support this app. */
export const variantsOf = (app: AppName, variants = VARIANTS) =>
  variants.filter(({ apps }) => apps === undefined || apps.includes(app))
