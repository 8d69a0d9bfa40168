import { select } from '../promql.ts'
import { priced } from './cost.ts'
import { SESSIONS_OF_SERVERS } from './mcp.ts'
import { bars, figure } from './panels.ts'
import { exactShareOf, perInterval, perSecond, quantile, total } from './queries.ts'
import { targetMatchers } from './variables.ts'

/** Calls of MCP tools that have a response. */
const TOOL_CALLS = { method: '="tools/call"', status: '=~"ok|error"' } as const

/** What an operator who was woken up asks first: is it up, how much is there, what fails, how fast is it, what does it cost? */
export const OVERVIEW = [
  figure({
    title: 'Targets down',
    description: 'Processes that Prometheus cannot scrape, of the chosen jobs.',
    unit: 'short',
    width: 4,
    limits: { critical: 1 },
    expr: `count(${select('up', targetMatchers(['job', 'instance']))} == 0) or vector(0)`,
  }),
  figure({
    title: 'Requests per second',
    description: 'HTTP requests served.',
    unit: 'reqps',
    width: 4,
    detail: 'Requests by route',
    expr: perSecond('requests', []),
  }),
  figure({
    title: 'HTTP failures',
    description: 'Share of the HTTP requests whose response has a 5xx status.',
    unit: 'percentunit',
    width: 4,
    limits: { warning: 0.01, critical: 0.05 },
    detail: 'Failed requests by route',
    expr: exactShareOf('requests', { status: '=~"5.."' }),
  }),
  figure({
    title: 'HTTP duration, p95',
    description:
      'The time that 95 % of the HTTP requests stay below. MCP’s requests are not among them, since some are long streams.',
    unit: 's',
    width: 4,
    limits: { warning: 1, critical: 2.5 },
    detail: 'Duration by route, p95',
    expr: quantile(0.95, 'requestDuration', [], { protocol: '="http"' }),
  }),
  figure({
    title: 'MCP tool failures',
    description: 'Share of the calls of tools with a response that failed, at the servers among the chosen processes.',
    unit: 'percentunit',
    width: 4,
    limits: { warning: 0.05, critical: 0.2 },
    detail: 'Failed tool calls, server',
    expr: exactShareOf('mcpRequests', { status: '="error"' }, { role: '="server"', ...TOOL_CALLS }),
  }),
  figure({
    title: 'MCP sessions',
    description: 'Sessions that are open at the servers among the chosen processes.',
    unit: 'short',
    width: 4,
    detail: SESSIONS_OF_SERVERS,
    expr: total('mcpSessionsActive', [], { role: '="server"' }),
  }),
  figure({
    title: 'LLM calls per second',
    description: 'Calls to LLM providers.',
    unit: 'reqps',
    width: 4,
    detail: 'Calls by model',
    expr: perSecond('llmRequests', []),
  }),
  figure({
    title: 'LLM failures',
    description: 'Share of the LLM calls that failed. Those that the app abandoned are not among them.',
    unit: 'percentunit',
    width: 4,
    limits: { warning: 0.01, critical: 0.05 },
    detail: 'Failures by error',
    expr: exactShareOf('llmRequests', { error_type: '!~"|aborted"' }),
  }),
  figure({
    title: 'LLM duration, p95',
    description: 'The time that 95 % of the LLM calls stay below, the last event of a stream included.',
    unit: 's',
    width: 4,
    limits: { warning: 20, critical: 60 },
    detail: 'Duration by model, p95',
    expr: quantile(0.95, 'llmRequestDuration', []),
  }),
  figure({
    title: 'Tokens per minute',
    description: 'Input and output tokens of all LLM calls.',
    unit: 'short',
    width: 4,
    detail: 'Tokens by model',
    expr: `60 * ${perSecond('llmTokens', [])}`,
  }),
  figure({
    title: 'Cost per hour',
    description:
      'US dollars for tokens, at the rate of the last five minutes. It needs the recording rules of `agentgateway-otel rules --prices`.',
    unit: 'currencyUSD',
    width: 4,
    noValue: 'no price rules',
    detail: 'Cost per hour by model',
    expr: priced([]),
  }),
  figure({
    title: 'Open connections',
    description: 'Accepted connections that are open.',
    unit: 'short',
    width: 4,
    detail: 'Connections by port',
    expr: total('connectionsActive', []),
  }),
  bars({
    title: 'Failures',
    description:
      'What failed, in each interval: HTTP requests with a 5xx status, calls of MCP tools, LLM calls. The first failure of a kind is counted too.',
    unit: 'short',
    width: 24,
    queries: [
      {
        expr: perInterval('requests', ['status', 'route'], { status: '=~"5.."' }),
        legend: 'HTTP {{status}} {{route}}',
      },
      {
        expr: perInterval('mcpRequests', ['server', 'resource'], {
          role: '="server"',
          ...TOOL_CALLS,
          status: '="error"',
        }),
        legend: 'MCP {{server}} {{resource}}',
      },
      {
        expr: perInterval('llmRequests', ['gen_ai_request_model', 'error_type'], { error_type: '!~"|aborted"' }),
        legend: 'LLM {{gen_ai_request_model}} {{error_type}}',
      },
    ],
  }),
]
