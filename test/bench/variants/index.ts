import { fileURLToPath } from 'node:url'
import { METRICS } from '@agentgateway-otel/metrics'
import { REGISTER } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import type { App, AppName } from '../apps/index.ts'

/** What had been sent to an app before the metrics of its variant were read. */
export interface Sent {
  readonly app: App
  readonly requests: number
  /** The size of all response bodies together; undefined where responses have no content-length. */
  readonly responseBytes: number | undefined
  /** How many times the metrics were scraped before. */
  readonly scrapes: number
}

/** One way to run the apps: alone, with agentgateway-otel, or with one of its alternatives. */
export interface Variant {
  readonly name: string
  /** What the variant does, for readers of the tables. */
  readonly what: string
  /** The packages whose versions the report shows. */
  readonly packages: readonly string[]
  /** The flags of Node.js with which the app is run. */
  readonly flags: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Set where the metrics are served at `OTEL_EXPORTER_PROMETHEUS_PORT`, for which a free port must be chosen. */
  readonly needsPort?: true
  /** The apps that the variant can measure. Default: all. */
  readonly apps?: readonly AppName[]
  /**
   * Returns how many of the requests were counted by each metric that counts every request. Undefined where the variant
   * only sends its data to a server.
   */
  readonly countsOf?: (families: Families, sent: Sent) => readonly number[]
  /** Whether the variant observes nothing, and only shows what any observer costs at least. */
  readonly isFloor?: true
}

/** The flags of a preload. The preloads are JavaScript, so that a start does not include loading a type stripper. */
const preload = (file: string) => ['--import', fileURLToPath(new URL(file, import.meta.url))]

/** The discard port of the loopback interface, on which nothing listens. */
const NOWHERE = 'http://127.0.0.1:9'

const HTTP_APPS = ['hello', 'express', 'fastify', 'mcp'] as const
const LLM_APPS = ['llm-json', 'llm-stream', 'llm-pass-through'] as const

/** The counts of the four HTTP metrics that count every request: a counter and three histograms. */
const httpCounts = (families: Families) => [
  sumOf(families, METRICS.requests.name),
  ...[METRICS.requestDuration, METRICS.requestSize, METRICS.responseSize].map(({ name }) =>
    sumOf(families, `${name}_count`),
  ),
]

/** The counts of all our metrics, with the bytes of the responses, and with the MCP and LLM traffic of the app. */
function allCounts(families: Families, { app, requests, responseBytes }: Sent): number[] {
  const bytes = sumOf(families, `${METRICS.responseSize.name}_sum`)
  return [
    ...httpCounts(families),
    ...(responseBytes === undefined ? [] : [(bytes / responseBytes) * requests]),
    ...(app.countsOf?.(families) ?? []),
  ]
}

/** The folder of this project. */
const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))

export const BARE: Variant = { name: 'bare', what: 'nothing: the app alone', packages: [], flags: [] }

export const OURS: Variant = {
  name: 'agentgateway-otel',
  what: 'counts all eleven metrics',
  packages: ['agentgateway-otel'],
  flags: ['--import', REGISTER],
  // An ephemeral port cannot be taken by another program.
  env: { OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  countsOf: allCounts,
}

export const PROM_CLIENT: Variant = {
  name: 'prom-client by hand',
  what: 'counts the six HTTP metrics from the same diagnostics channels, with sizes from content-length headers',
  packages: ['prom-client'],
  flags: preload('./prom-client.js'),
  apps: HTTP_APPS,
  countsOf: httpCounts,
}

const PROMETHEUS_IO_CLIENT: Variant = {
  name: '@prometheus-io/client by hand',
  what: 'counts the six HTTP metrics from the same diagnostics channels, with sizes from content-length headers',
  packages: ['@prometheus-io/client'],
  flags: preload('./prometheus-io-client.js'),
  apps: HTTP_APPS,
  countsOf: httpCounts,
}

const SDK_METRICS: Variant = {
  name: 'ours over sdk-metrics',
  what: 'counts all eleven metrics with our instrumentations, and with OpenTelemetry’s MeterProvider instead of packages/meter',
  packages: ['@opentelemetry/sdk-metrics'],
  flags: preload('./sdk-metrics.js'),
  countsOf: allCounts,
}

const EXPRESS_PROM_BUNDLE: Variant = {
  name: 'express-prom-bundle',
  what: 'durations of HTTP requests',
  packages: ['express-prom-bundle', 'express'],
  flags: [],
  env: { EXPRESS_PROM_BUNDLE: '1' },
  apps: ['express'],
  countsOf: (families) => [sumOf(families, 'http_request_duration_seconds_count')],
}

const FASTIFY_METRICS: Variant = {
  name: 'fastify-metrics',
  what: 'durations of HTTP requests, as a histogram and as a summary, and metrics of the Node.js process',
  packages: ['fastify-metrics', 'fastify'],
  flags: [],
  env: { FASTIFY_METRICS: '1' },
  apps: ['fastify'],
  countsOf: (families) =>
    ['http_request_duration_seconds_count', 'http_request_summary_seconds_count'].map((name) =>
      sumOf(families, name, { method: 'POST' }),
    ),
}

/** The count of HttpInstrumentation, which also counts the scrapes. */
const httpInstrumentationCounts = (families: Families, { scrapes }: Sent) => [
  sumOf(families, 'http_server_request_duration_count') - scrapes,
]

export const HTTP_INSTRUMENTATION: Variant = {
  name: 'HttpInstrumentation',
  what: 'durations of HTTP requests',
  packages: ['@opentelemetry/instrumentation-http'],
  flags: preload('./http-instrumentation.js'),
  apps: HTTP_APPS,
  countsOf: httpInstrumentationCounts,
}

export const OPENAI_INSTRUMENTATION: Variant = {
  name: 'instrumentation-openai',
  what: 'durations and tokens of the openai package’s calls',
  packages: ['@opentelemetry/instrumentation-openai', 'openai'],
  flags: preload('./openai-instrumentation.js'),
  apps: ['llm-json', 'llm-stream'],
  countsOf: (families) => [sumOf(families, 'gen_ai_client_operation_duration_count')],
}

/** As its documentation says, without the resource detectors that use the network, and without an exporter that sends. */
export const AUTO_INSTRUMENTATIONS: Variant = {
  name: 'auto-instrumentations-node',
  what: 'all of OpenTelemetry’s instrumentations, with metrics and without traces',
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
  countsOf: httpInstrumentationCounts,
}

const OPENLIT: Variant = {
  name: 'openlit',
  what: 'metrics and traces of LLM calls, and of HTTP from OpenTelemetry’s instrumentations; its traces go to a port where nothing listens',
  packages: ['openlit'],
  flags: preload('./openlit.js'),
  countsOf: (families, sent) => [
    ...httpInstrumentationCounts(families, sent),
    ...(sent.app.name === 'llm-json' || sent.app.name === 'llm-stream'
      ? [sumOf(families, 'gen_ai_client_operation_duration_count')]
      : []),
  ],
}

export const DD_TRACE: Variant = {
  name: 'dd-trace',
  what: 'traces, which go to a port where nothing listens; it has no metrics without its agent',
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

/** A variant that observes nothing where ours observes: the least that an observer can cost. See floor.js. */
const floor = (name: string, what: string, parts: string, apps?: readonly AppName[]): Variant => ({
  name: `floor: ${name}`,
  what,
  packages: [],
  flags: preload('./floor.js'),
  env: { BENCH_FLOOR: parts },
  isFloor: true,
  ...(apps && { apps }),
})

/** What any observer of all that ours observes costs at least. */
export const FLOOR = floor('all of these', 'the other floors together', 'server,client,listener,methods')

/** What any preload costs at least, at the start and in memory. */
export const EMPTY_PRELOAD: Variant = {
  name: 'floor: empty preload',
  what: 'preloads a file that does nothing',
  packages: [],
  flags: preload('./empty.js'),
  isFloor: true,
}

/** The parts of `FLOOR`, each by itself. */
export const FLOORS: readonly Variant[] = [
  floor('server’s channels', 'subscribes functions that do nothing to our channels of servers', 'server'),
  floor('clients’ channels', 'the same with our channels of clients', 'client', LLM_APPS),
  floor('listener', 'adds a listener of `close` to each response', 'listener'),
  floor('write and end', 'replaces `write` and `end` of outgoing messages by functions that call them', 'methods'),
]

/** What the targets of requests are about, besides the floor. */
export const COMPARED: readonly Variant[] = [PROM_CLIENT, HTTP_INSTRUMENTATION, OPENAI_INSTRUMENTATION]

/** Other libraries of metrics. */
export const LIBRARIES: readonly Variant[] = [PROMETHEUS_IO_CLIENT, EXPRESS_PROM_BUNDLE, FASTIFY_METRICS, SDK_METRICS]

/** What instruments a whole app. */
export const AGENTS: readonly Variant[] = [AUTO_INSTRUMENTATIONS, OPENLIT, DD_TRACE]

/** Ours as another checkout of this project has built it. */
export const oursIn = (folder: string, revision: string): Variant => ({
  ...OURS,
  name: `${OURS.name} at ${revision}`,
  what: 'the same at an earlier revision',
  packages: [],
  flags: ['--import', REGISTER.replace(PROJECT, folder)],
})

/** Whether a variant with this name is ours: as this checkout has built it, or another one. */
export const isOurs = (name: string): boolean => name === OURS.name || name.startsWith(`${OURS.name} at `)

export const VARIANTS: readonly Variant[] = [
  BARE,
  OURS,
  PROM_CLIENT,
  ...LIBRARIES,
  HTTP_INSTRUMENTATION,
  OPENAI_INSTRUMENTATION,
  ...AGENTS,
  ...FLOORS,
  FLOOR,
]

/** Whether a variant runs in every comparison: the app alone, and ours. */
export const isAlways = ({ name }: Variant): boolean => name === BARE.name || isOurs(name)

/** Returns the variants that can measure this app. */
export const variantsFor = (app: AppName, variants = VARIANTS) =>
  variants.filter(({ apps }) => apps === undefined || apps.includes(app))
