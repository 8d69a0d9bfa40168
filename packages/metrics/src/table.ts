/**
 * The table of all metrics. It is the only place that spells a metric's name, help, unit, labels or buckets: everything
 * else that needs one of them derives it from here.
 *
 * @module
 */

/** The bound of a label's values: a closed list, or how many distinct values of what length are kept. */
export type LabelBound = ClosedLabel | OpenLabel

/** The bound of a label whose values are known beforehand. Any other value becomes `_OTHER`. */
export interface ClosedLabel {
  readonly values: readonly string[]
}

/**
 * The bound of a label whose values come from the app or its clients. A value that is longer, or one too many, becomes
 * `_OTHER`.
 */
export interface OpenLabel {
  /** How many distinct values are kept over the life of the process. */
  readonly maxValues: number
  /** The length of the longest value that is kept, in UTF-16 code units. */
  readonly maxLength: number
}

/** The value that replaces every value out of bounds. */
export const OTHER = '_OTHER'

/** The value of a label that cannot be known. */
export const UNKNOWN = 'unknown'

const open = (maxValues: number, maxLength: number): OpenLabel => ({ maxValues, maxLength })
const closed = (...values: string[]): ClosedLabel => ({ values })

const model = open(200, 128)
const genAi = [
  ['gen_ai_operation_name', closed('chat', 'text_completion', 'embeddings', 'rerank', 'generate_content')],
  ['gen_ai_system', open(50, 64)],
  ['gen_ai_request_model', model],
  ['gen_ai_response_model', model],
] as const
/** This label is empty on success, else the HTTP status, `aborted`, or the error's code. */
const errorType = ['error_type', open(100, 64)] as const

/** The methods that a client sends, of all revisions of the MCP specification from 2024-11-05 to 2026-07-28. */
const mcpMethod = closed(
  'initialize',
  'ping',
  'server/discover',
  'completion/complete',
  'logging/setLevel',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/directory/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'resources/templates/list',
  'skills/get',
  'skills/list',
  'subscriptions/listen',
  'tasks/cancel',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/update',
  'tools/call',
  'tools/list',
  'notifications/cancelled',
  'notifications/initialized',
  'notifications/progress',
  'notifications/roots/list_changed',
  'notifications/tasks/status',
)
const role = ['role', closed('server', 'client')] as const
const transport = ['transport', closed('streamable_http', 'sse', 'stdio')] as const

/**
 * The label sets that metrics share. `LabelSet.of` takes the values in this order. Every metric has the constant label
 * `gateway` besides, which the exporter writes.
 */
export const LABEL_SETS = {
  http: [
    // The methods of RFC 9110, PATCH (RFC 5789) and QUERY.
    ['method', closed('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY')],
    // The status code that was sent; 499 when the client went away first.
    ['status', closed(...Array.from({ length: 500 }, (_, i) => String(100 + i)))],
    // The framework's template, never a raw path; `unknown` where there is none.
    ['route', open(1000, 256)],
    ['protocol', closed('http', 'mcp')],
  ],
  connection: [
    // The listening port, or `unix`.
    ['bind', open(100, 16)],
    ['protocol', closed('http', 'https', 'tls', 'tcp')],
  ],
  mcpSession: [role, transport],
  mcpRequest: [
    ['method', mcpMethod],
    role,
    transport,
    // The kind of thing that the method concerns; empty where it concerns none of these.
    ['resource_type', closed('', 'tool', 'prompt', 'resource', 'templates', 'skill', 'task')],
    // The name of a tool or a prompt; empty for other methods.
    ['resource', open(500, 128)],
    // The MCP server's own name, or `unknown`.
    ['server', open(100, 128)],
    ['status', closed('ok', 'error', 'none')],
  ],
  llmRequest: [...genAi, errorType, ['usage', closed('reported', 'missing', 'none')]],
  llmToken: [['gen_ai_token_type', closed('input', 'output')], ...genAi],
  llmDuration: [...genAi, errorType],
} as const satisfies Record<string, readonly (readonly [name: string, bound: LabelBound])[]>

export type LabelSetName = keyof typeof LABEL_SETS

interface CommonDefinition {
  readonly name: `agentgateway_${string}`
  readonly help: string
  /** The unit in UCUM notation, as OpenTelemetry prescribes. */
  readonly unit: string
  readonly labels: LabelSetName
  /**
   * The group of an optional metric. Optional metrics are made only when their group or their name is asked for; a
   * metric without a group is one of the defaults.
   */
  readonly group?: string
}

/** Upper bounds of the buckets of some histograms, ascending and finite, which replace those of the table. */
export type Buckets = Readonly<Partial<Record<HistogramName, readonly number[]>>>

/** The name of a histogram of the table. */
export type HistogramName = Extract<(typeof METRICS)[MetricKey], { kind: 'histogram' }>['name']

export type MetricDefinition =
  | (CommonDefinition & { readonly kind: 'counter' })
  | (CommonDefinition & { readonly kind: 'gauge' })
  | (CommonDefinition & { readonly kind: 'histogram'; readonly buckets: readonly number[] })

/** agentgateway's own boundaries for requests, from 1 ms to 80 s. */
const DURATION_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 80] as const

/** Powers of four, from 64 bytes to 64 MiB. */
const SIZE_BYTES = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] as const

/** OpenTelemetry's semantic conventions advise these for generative AI operations: 10 ms, doubled up to 327.68 s. */
const LLM_DURATION_SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
] as const

/** OpenTelemetry's semantic conventions advise these for `mcp.server.session.duration`: docs/gen-ai/mcp.md at 1e01e83. */
const MCP_SESSION_SECONDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const

export const METRICS = {
  requests: {
    name: 'agentgateway_requests_total',
    kind: 'counter',
    help: 'HTTP requests served.',
    unit: '{request}',
    labels: 'http',
  },
  requestDuration: {
    name: 'agentgateway_request_duration_seconds',
    kind: 'histogram',
    help: 'Time from the head of an HTTP request to the end of its response, in seconds.',
    unit: 's',
    labels: 'http',
    buckets: DURATION_SECONDS,
  },
  requestSize: {
    name: 'agentgateway_request_size_bytes',
    kind: 'histogram',
    help: 'Size of the body of an HTTP request, in bytes.',
    unit: 'By',
    labels: 'http',
    buckets: SIZE_BYTES,
  },
  responseSize: {
    name: 'agentgateway_response_size_bytes',
    kind: 'histogram',
    help: 'Size of the body of an HTTP response, in bytes.',
    unit: 'By',
    labels: 'http',
    buckets: SIZE_BYTES,
  },
  connectionsActive: {
    name: 'agentgateway_connections_active',
    kind: 'gauge',
    help: 'Accepted connections that are open.',
    unit: '{connection}',
    labels: 'connection',
  },
  connections: {
    name: 'agentgateway_connections_total',
    kind: 'counter',
    help: 'Connections accepted.',
    unit: '{connection}',
    labels: 'connection',
  },
  mcpSessionsActive: {
    name: 'agentgateway_mcp_sessions_active',
    kind: 'gauge',
    help: 'MCP sessions that are open.',
    unit: '{session}',
    labels: 'mcpSession',
  },
  mcpRequests: {
    name: 'agentgateway_mcp_requests_total',
    kind: 'counter',
    help: 'MCP requests and notifications that a client sent.',
    unit: '{request}',
    labels: 'mcpRequest',
  },
  mcpSessionDuration: {
    name: 'agentgateway_mcp_session_duration_seconds',
    kind: 'histogram',
    help: 'Time from the beginning of an MCP session to its end, in seconds.',
    unit: 's',
    labels: 'mcpSession',
    buckets: MCP_SESSION_SECONDS,
    group: 'mcp',
  },
  llmRequests: {
    name: 'agentgateway_llm_requests_total',
    kind: 'counter',
    help: 'Calls to LLM providers.',
    unit: '{request}',
    labels: 'llmRequest',
  },
  llmTokens: {
    name: 'agentgateway_llm_tokens_total',
    kind: 'counter',
    help: 'Tokens of LLM calls: input includes cached tokens, output includes reasoning.',
    unit: '{token}',
    labels: 'llmToken',
  },
  llmRequestDuration: {
    name: 'agentgateway_llm_request_duration_seconds',
    kind: 'histogram',
    help: 'Time from the head of an LLM call to the end of its response, in seconds.',
    unit: 's',
    labels: 'llmDuration',
    buckets: LLM_DURATION_SECONDS,
  },
} as const satisfies Record<string, MetricDefinition>

export type MetricKey = keyof typeof METRICS

/** The metrics without a group. They are made unless they are taken away by name. */
export const DEFAULT_METRICS: readonly MetricDefinition[] = definitions().filter(({ group }) => group === undefined)

/** The metrics that are made only when they are asked for. */
export const OPTIONAL_METRICS: readonly MetricDefinition[] = definitions().filter(({ group }) => group !== undefined)

function definitions(): readonly MetricDefinition[] {
  return Object.values(METRICS)
}

/** The bound of one label of a label set. */
export function boundOf<N extends LabelSetName, L extends LabelName<N>>(labelSet: N, label: L): BoundOf<N, L> {
  const labels: readonly (readonly [name: string, bound: LabelBound])[] = LABEL_SETS[labelSet]
  return labels.find(([name]) => name === label)?.[1] as BoundOf<N, L>
}

export type LabelName<N extends LabelSetName> = (typeof LABEL_SETS)[N][number][0]

type BoundOf<N extends LabelSetName, L> = Extract<(typeof LABEL_SETS)[N][number], readonly [L, unknown]>[1]
