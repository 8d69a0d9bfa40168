import { LABEL_SETS, type LabelBound, METRICS, type MetricKey, OTHER } from '@agentgateway-otel/metrics'
import { nameOf, select, sum } from '../promql.ts'
import {
  HOURLY_TOKENS,
  increased,
  LLM_FAILED,
  MODEL,
  quantileName,
  RATIOS,
  SERVICE,
  SESSIONS,
  TARGETS,
  TOOL_CALLS,
} from './recording.ts'

export interface AlertRule {
  readonly alert: string
  /** When the alert fires, for the documents. */
  readonly when: string
  readonly expr: string
  /** How long the condition has to hold before the alert fires. */
  readonly for?: string
  readonly severity: 'critical' | 'warning' | 'info'
  /** One line for the one who is paged, with the labels that tell what it is about. */
  readonly summary: string
  /** What the number means. */
  readonly description: string
}

const onService = (...labels: readonly string[]) => `on (${[...SERVICE, ...labels].join(', ')})`

/** The targets of this package, not all that Prometheus scrapes. */
const isOurTarget = `and on (job, instance) last_over_time(${TARGETS}[1d])`

/** The HTTP statuses and the errors by which providers say that they are asked too much. */
const RATE_LIMITED = '=~"429|529|(?i:.*(rate.?limit|throttl|quota|exhausted|overloaded).*)"'

/** Requests of MCP that do something in a session. */
const AFTER_HANDSHAKE = [
  ['role', '="server"'],
  ['method', '!~"initialize|notifications/initialized|ping"'],
] as const

const newSessions = `delta(${select(SESSIONS, [['role', '="server"']])}[1h])`

const hourlyTokens = (offset = '') => sum(SERVICE, HOURLY_TOKENS + offset)

export const ALERTS: readonly AlertRule[] = [
  {
    alert: 'AgentgatewayTargetDown',
    when: 'a target that has served metrics within the last day cannot be scraped',
    expr: `up == 0 ${isOurTarget}`,
    for: '3m',
    severity: 'critical',
    summary: 'Prometheus cannot scrape {{ $labels.instance }} of {{ $labels.job }}',
    description: 'No scrape has succeeded for three minutes: the process is gone, unreachable, or refuses the request.',
  },
  {
    alert: 'AgentgatewayScrapesFailing',
    when: 'some scrapes of a target succeed, and more than a tenth fail',
    expr: `0 < avg_over_time(up[15m]) < 0.9 ${isOurTarget}`,
    for: '15m',
    severity: 'warning',
    summary: 'Some scrapes of {{ $labels.instance }} of {{ $labels.job }} fail',
    description:
      'Only {{ $value | humanizePercentage }} of the scrapes succeed: the endpoint refuses them, or they take longer than scrape_timeout.',
  },
  {
    alert: 'AgentgatewayHttpErrors',
    when: '5 % of the requests to a route have a 5xx status, and at least five in five minutes',
    expr: `${RATIOS.httpErrorsByRoute} > 0.05 and ${onService('route')} ${increased('agentgateway:requests:increase5m', ['route'], { status: '=~"5.."' })} >= 5`,
    for: '5m',
    severity: 'critical',
    summary: '{{ $labels.gateway }}: {{ $value | humanizePercentage }} of the requests to {{ $labels.route }} fail',
    description:
      'The share of responses with a 5xx status, for five minutes, with at least five of them in five minutes.',
  },
  {
    alert: 'AgentgatewayHttpLatency',
    when: '5 % of the requests to a route take longer than 2.5 seconds, of at least 20 in five minutes',
    expr: `${quantileName('request_by_route', 95)} > 2.5 and ${onService('route')} ${increased('agentgateway:requests:increase5m', ['route'])} >= 20`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $labels.gateway }}: requests to {{ $labels.route }} take {{ $value | humanizeDuration }} (p95)',
    description:
      'The 95th percentile of durations is above 2.5 seconds, for ten minutes, with at least 20 requests in five minutes.',
  },
  {
    alert: 'AgentgatewayLlmErrors',
    when: '5 % of the calls to a model fail, and at least three in five minutes',
    expr: `${RATIOS.llmErrors} > 0.05 and ${onService(...MODEL)} ${increased('agentgateway:llm_requests:increase5m', MODEL, { error_type: LLM_FAILED })} >= 3`,
    for: '2m',
    severity: 'warning',
    summary:
      '{{ $labels.gateway }}: {{ $value | humanizePercentage }} of the calls to {{ $labels.gen_ai_request_model }} ({{ $labels.gen_ai_system }}) fail',
    description:
      'The share of LLM calls with an error, for two minutes, with at least three of them in five minutes. Calls that the app abandons are none.',
  },
  {
    alert: 'AgentgatewayLlmRateLimited',
    when: 'one call is refused because of a rate limit, a quota or overload',
    expr: `${increased('agentgateway:llm_requests:increase5m', MODEL, { error_type: RATE_LIMITED })} > 0`,
    severity: 'warning',
    summary:
      '{{ $labels.gateway }}: {{ $labels.gen_ai_system }} limits the calls to {{ $labels.gen_ai_request_model }}',
    description:
      '{{ $value | humanize }} calls in five minutes were refused because of a rate limit, a quota or overload.',
  },
  {
    alert: 'AgentgatewayLlmTokenSpike',
    when: 'an hour has three times the tokens of the same hour of last week, and more than 100,000',
    expr: `${hourlyTokens()} > 3 * ${hourlyTokens(' offset 1w')} and ${hourlyTokens()} > 100000`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $labels.gateway }}: {{ $value | humanize }} tokens within an hour',
    description: 'That is more than three times as many as in the same hour of last week, and more than 100,000.',
  },
  {
    alert: 'AgentgatewayLlmUsageMissing',
    when: '10 % of a model’s responses report no tokens',
    expr: `${RATIOS.llmUsageMissing} > 0.1 and ${onService(...MODEL)} ${increased('agentgateway:llm_requests:increase5m', MODEL, { usage: '="missing"' })} >= 3`,
    for: '30m',
    severity: 'info',
    summary:
      '{{ $labels.gateway }}: {{ $value | humanizePercentage }} of the responses of {{ $labels.gen_ai_request_model }} report no tokens',
    description: 'The tokens and the cost of these calls are missing from every sum.',
  },
  {
    alert: 'AgentgatewayMcpToolErrors',
    when: '20 % of the calls of a tool fail, and at least three in five minutes',
    expr: `${RATIOS.mcpToolErrors} > 0.2 and ${onService('role', 'server', 'resource')} ${increased('agentgateway:mcp_requests:increase5m', ['role', 'server', 'resource'], { ...TOOL_CALLS, status: '="error"' })} >= 3`,
    for: '2m',
    severity: 'warning',
    summary:
      '{{ $labels.gateway }}: {{ $value | humanizePercentage }} of the calls of the tool {{ $labels.resource }} ({{ $labels.server }}) fail',
    description:
      'The share of responses that are errors or that report a failure of the tool, for two minutes, with at least three of them in five minutes. This process is the {{ $labels.role }}.',
  },
  {
    alert: 'AgentgatewayMcpSessionsGrowing',
    when: '50 more sessions are open than an hour ago, with fewer requests in them than new sessions',
    expr: `${newSessions} > 50 unless ${onService()} ${sum(SERVICE, `increase(${select(nameOf('mcpRequests'), AFTER_HANDSHAKE)}[1h])`)} >= ${onService()} ${newSessions}`,
    for: '15m',
    severity: 'warning',
    summary: '{{ $labels.gateway }}: {{ $value | humanize }} more MCP sessions are open than an hour ago',
    description:
      'There were fewer requests in them than new sessions: clients begin sessions, and neither use nor end them.',
  },
  {
    alert: 'AgentgatewayLabelOverflow',
    when: 'a label has more values than are kept',
    expr: overflows().join('\nor '),
    severity: 'info',
    summary: '{{ $labels.gateway }}: the label {{ $labels.label }} has more values than are kept',
    description: 'Further values have become _OTHER within the last hour, so that their numbers cannot be told apart.',
  },
]

/** A query for each open label of each default counter: what was counted under `_OTHER`. */
function overflows(): readonly string[] {
  const queries: string[] = []
  const seen = new Set<string>()
  for (const key of Object.keys(METRICS) as MetricKey[]) {
    const { kind, labels, ...definition } = METRICS[key]
    if (kind !== 'counter' || 'group' in definition) continue
    for (const [label, bound] of LABEL_SETS[labels] as readonly (readonly [string, LabelBound])[]) {
      if ('values' in bound || seen.has(label)) continue
      seen.add(label)
      const overflow = sum(SERVICE, `increase(${select(nameOf(key), [[label, `="${OTHER}"`]])}[1h])`)
      queries.push(`label_replace(${overflow} > 0, "label", "${label}", "", "")`)
    }
  }
  return queries
}
