import { increaseFromBirth, type LabelOf, type Match, nameOf, select, share, sum } from '../promql.ts'

/** What the series of a service have in common, whichever of its instances and pods they come from. */
export const SERVICE = ['job', 'namespace', 'gateway'] as const

export interface RecordingRule {
  readonly record: string
  /** What is recorded, for the documents. */
  readonly what: string
  readonly expr: string
}

const WINDOW = '5m'

/** The labels by which a model is known. */
export const MODEL = ['gen_ai_system', 'gen_ai_request_model'] as const

/** The counters that are recorded, and the labels that are kept of each. The names are those of the recorded series. */
const COUNTERS = {
  'agentgateway:requests:increase5m': ['requests', ['route', 'status']],
  'agentgateway:mcp_requests:increase5m': ['mcpRequests', ['role', 'server', 'method', 'resource', 'status']],
  'agentgateway:llm_requests:increase5m': ['llmRequests', [...MODEL, 'error_type', 'usage']],
  'agentgateway:llm_tokens:increase5m': ['llmTokens', [...MODEL, 'gen_ai_token_type']],
} as const satisfies {
  [name: string]:
    | readonly [key: 'requests', labels: readonly LabelOf<'requests'>[]]
    | readonly [key: 'mcpRequests', labels: readonly LabelOf<'mcpRequests'>[]]
    | readonly [key: 'llmRequests', labels: readonly LabelOf<'llmRequests'>[]]
    | readonly [key: 'llmTokens', labels: readonly LabelOf<'llmTokens'>[]]
}

/** What the recorded counters count. */
const COUNTED = {
  requests: 'HTTP requests',
  mcpRequests: 'MCP requests',
  llmRequests: 'LLM calls',
  llmTokens: 'tokens',
} as const

/** The name of a recorded counter. */
export type Increase = keyof typeof COUNTERS

/** A label that a recorded counter has besides those of its service. */
export type RecordedLabel<R extends Increase> = (typeof COUNTERS)[R][1][number]

/** Sums a recorded counter by the service and by some of its labels. */
export function increased<R extends Increase>(
  name: R,
  by: readonly RecordedLabel<R>[],
  where: { readonly [L in RecordedLabel<R>]?: Match } = {},
): string {
  return sum([...SERVICE, ...by], select(name, Object.entries(where) as [string, Match][]))
}

/** The status of responses by which a server says that it failed. */
const FAILED = '=~"5.."'

/** LLM calls that failed. One that the app abandons by itself is no failure. */
export const LLM_FAILED = '!~"|aborted"'

/** The share of the failed ones among what a counter counts. */
export const RATIOS = {
  httpErrors: 'agentgateway:http_errors:ratio5m',
  httpErrorsByRoute: 'agentgateway:http_errors_by_route:ratio5m',
  mcpToolErrors: 'agentgateway:mcp_tool_errors:ratio5m',
  llmErrors: 'agentgateway:llm_errors:ratio5m',
  llmUsageMissing: 'agentgateway:llm_usage_missing:ratio5m',
} as const

/** Calls of tools that have a response. */
export const TOOL_CALLS = { method: '="tools/call"', status: '=~"ok|error"' } as const

const ratios: readonly RecordingRule[] = [
  {
    record: RATIOS.httpErrors,
    what: 'the share of HTTP requests with a 5xx status',
    expr: share(
      increased('agentgateway:requests:increase5m', [], { status: FAILED }),
      increased('agentgateway:requests:increase5m', []),
    ),
  },
  {
    record: RATIOS.httpErrorsByRoute,
    what: 'the same by route',
    expr: share(
      increased('agentgateway:requests:increase5m', ['route'], { status: FAILED }),
      increased('agentgateway:requests:increase5m', ['route']),
    ),
  },
  {
    record: RATIOS.mcpToolErrors,
    what: 'the share of the calls of MCP tools that fail, by role, server and tool',
    expr: share(
      increased('agentgateway:mcp_requests:increase5m', ['role', 'server', 'resource'], {
        ...TOOL_CALLS,
        status: '="error"',
      }),
      increased('agentgateway:mcp_requests:increase5m', ['role', 'server', 'resource'], TOOL_CALLS),
    ),
  },
  {
    record: RATIOS.llmErrors,
    what: 'the share of LLM calls that fail, by system and model; those that the app abandons are none',
    expr: share(
      increased('agentgateway:llm_requests:increase5m', MODEL, {
        error_type: LLM_FAILED,
      }),
      increased('agentgateway:llm_requests:increase5m', MODEL),
    ),
  },
  {
    record: RATIOS.llmUsageMissing,
    what: 'the share of LLM responses that report no tokens, by system and model',
    expr: share(
      increased('agentgateway:llm_requests:increase5m', MODEL, {
        usage: '="missing"',
      }),
      increased('agentgateway:llm_requests:increase5m', MODEL, {
        usage: '=~"reported|missing"',
      }),
    ),
  },
]

/** The name of a recorded quantile, such as `agentgateway:request_duration_seconds:p95_5m`. Requests are those of HTTP. */
export const quantileName = (of: 'request' | 'request_by_route' | 'llm_request', percent: number) =>
  `agentgateway:${of}_duration_seconds:p${percent}_5m`

/** Durations of requests. The long streams of MCP sessions are no requests whose duration says anything. */
const ORDINARY_REQUESTS = [['protocol', '="http"']] as const

const requestBuckets = select(nameOf('requestDuration', '_bucket'), ORDINARY_REQUESTS)
const llmBuckets = nameOf('llmRequestDuration', '_bucket')

const quantiles: readonly RecordingRule[] = [
  ...[50, 95, 99].map((percent) => ({
    record: quantileName('request', percent),
    what: `seconds that ${percent} % of the HTTP requests stay below`,
    expr: quantile(percent, requestBuckets, []),
  })),
  {
    record: quantileName('request_by_route', 95),
    what: 'the same by route',
    expr: quantile(95, requestBuckets, ['route']),
  },
  ...[50, 95].map((percent) => ({
    record: quantileName('llm_request', percent),
    what: `seconds that ${percent} % of the LLM calls stay below, by system and model`,
    expr: quantile(percent, llmBuckets, MODEL),
  })),
]

function quantile(percent: number, buckets: string, by: readonly string[]): string {
  return `histogram_quantile(${percent / 100}, ${sum([...SERVICE, ...by, 'le'], `rate(${buckets}[${WINDOW}])`)})`
}

/** Targets that have served metrics of this package. */
export const TARGETS = 'agentgateway:targets:info'

/** Open MCP sessions of a service. */
export const SESSIONS = 'agentgateway:mcp_sessions_active:sum'

/** Tokens of an hour. */
export const HOURLY_TOKENS = 'agentgateway:llm_tokens:increase1h'

/** Every process that has done anything has series of one of these. */
const TARGET_METRICS = (['requests', 'connections', 'mcpRequests', 'llmRequests'] as const).map((key) => nameOf(key))

export const RECORDING_RULES: readonly RecordingRule[] = [
  {
    record: TARGETS,
    what: '1 for each target that serves metrics',
    expr: `group by (job, namespace, instance) ({__name__=~"${TARGET_METRICS.join('|')}"})`,
  },
  ...Object.entries(COUNTERS).map(([record, [key, labels]]) => ({
    record,
    what: `${COUNTED[key]} within the last five minutes, by ${labels.join(', ')}`,
    expr: sum([...SERVICE, ...labels], increaseFromBirth(nameOf(key), WINDOW)),
  })),
  ...ratios,
  ...quantiles,
  {
    record: SESSIONS,
    what: 'open MCP sessions, by role',
    expr: sum([...SERVICE, 'role'], nameOf('mcpSessionsActive')),
  },
  {
    record: HOURLY_TOKENS,
    what: 'tokens within the last hour, by system and model',
    expr: sum([...SERVICE, ...MODEL], increaseFromBirth(nameOf('llmTokens'), '1h')),
  },
]
