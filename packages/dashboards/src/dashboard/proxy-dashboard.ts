import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { assemble } from './assemble.ts'
import { bars, graph, heatmap } from './panels.ts'
import {
  countPerSecond,
  instances,
  mean,
  perBucket,
  perInterval,
  perSecond,
  quantile,
  sumPerSecond,
  top,
} from './queries.ts'
import { VARIABLES } from './variables.ts'

const MODEL = ['gen_ai_system', 'gen_ai_request_model'] as const
const MODEL_LEGEND = '{{gen_ai_system}} {{gen_ai_request_model}}'

const LLM = [
  graph({
    title: 'Calls by model',
    description: 'Calls to LLM providers per second, by the requested model.',
    unit: 'reqps',
    width: 8,
    queries: [{ expr: countPerSecond('proxyRequestDuration', MODEL), legend: MODEL_LEGEND }],
  }),
  graph({
    title: 'Tokens by type',
    description:
      'Tokens per second. Tokens that were read from a cache or written to it are a part of the input, and are shown once more.',
    unit: 'short',
    width: 8,
    queries: [{ expr: sumPerSecond('proxyTokenUsage', ['gen_ai_token_type']), legend: '{{gen_ai_token_type}}' }],
  }),
  graph({
    title: 'Tokens per call',
    description: 'Mean number of tokens of a call whose response reports usage.',
    unit: 'short',
    width: 8,
    queries: [
      {
        expr: mean('proxyTokenUsage', [...MODEL, 'gen_ai_token_type'], { gen_ai_token_type: '=~"input|output"' }),
        legend: `${MODEL_LEGEND} {{gen_ai_token_type}}`,
      },
    ],
  }),
  graph({
    title: 'Duration, p95',
    description: 'The time that 95 % of each model’s calls stay below, the last event of a stream included.',
    unit: 's',
    width: 8,
    queries: [{ expr: quantile(0.95, 'proxyRequestDuration', MODEL), legend: MODEL_LEGEND }],
  }),
  graph({
    title: 'Time to the first token',
    description: 'From the head of a call to the first content of its streamed response, over all models.',
    unit: 's',
    width: 8,
    queries: [0.5, 0.95].map((q) => ({ expr: quantile(q, 'proxyTimeToFirstToken', []), legend: `p${q * 100}` })),
  }),
  graph({
    title: 'Time per output token',
    description: 'How long a streamed response takes for each token after the first, over all models.',
    unit: 's',
    width: 8,
    queries: [0.5, 0.95].map((q) => ({ expr: quantile(q, 'proxyTimePerOutputToken', []), legend: `p${q * 100}` })),
  }),
  heatmap({
    title: 'Distribution of call durations',
    description: 'How many calls took how long.',
    unit: 's',
    width: 12,
    expr: perBucket('proxyRequestDuration'),
  }),
  heatmap({
    title: 'Distribution of times to the first token',
    description: 'How many streams began how late.',
    unit: 's',
    width: 12,
    expr: perBucket('proxyTimeToFirstToken'),
  }),
]

const HTTP = [
  graph({
    title: 'Requests by status',
    description: 'HTTP requests per second.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [{ expr: perSecond('requests', ['status']), legend: '{{status}}' }],
  }),
  bars({
    title: 'Failures by status',
    description: 'Responses with a 4xx or 5xx status in each interval. The first one of a kind is counted too.',
    unit: 'short',
    width: 8,
    queries: [{ expr: perInterval('requests', ['status'], { status: '=~"[45].."' }), legend: '{{status}}' }],
  }),
  graph({
    title: 'Duration',
    description: 'Time from a request’s head to the end of the response. Event streams count when they end.',
    unit: 's',
    width: 8,
    queries: [0.5, 0.95, 0.99].map((q) => ({ expr: quantile(q, 'requestDuration', []), legend: `p${q * 100}` })),
  }),
]

const MCP = [
  graph({
    title: 'Requests by method',
    description:
      'MCP requests and notifications per second. A process that is both a server and a client counts a message in each role; the proxy has no role.',
    unit: 'reqps',
    width: 12,
    queries: [{ expr: perSecond('mcpRequests', ['method'], { role: '!="client"' }), legend: '{{method}}' }],
  }),
  graph({
    title: 'Tool calls',
    description: 'Calls of tools per second, of the ten tools with the most.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: top(
          perSecond('mcpRequests', ['server', 'resource'], { role: '!="client"', method: '="tools/call"' }),
          'mcpRequests',
          ['server', 'resource'],
          { role: '!="client"', method: '="tools/call"' },
        ),
        legend: '{{server}} {{resource}}',
      },
    ],
  }),
]

const CONNECTIONS = [
  graph({
    title: 'New connections',
    description: 'Connections accepted per second.',
    unit: 'cps',
    width: 8,
    stacked: true,
    queries: [{ expr: perSecond('proxyConnections', ['bind', 'protocol']), legend: '{{bind}} {{protocol}}' }],
  }),
  graph({
    title: 'Bytes over connections',
    description:
      'Bytes per second over accepted connections, TLS and heads included. They are counted when a connection ends.',
    unit: 'binBps',
    width: 8,
    queries: [
      { expr: perSecond('proxyReceivedBytes', []), legend: 'received' },
      { expr: perSecond('proxySentBytes', []), legend: 'sent' },
    ],
  }),
  graph({
    title: 'Versions',
    description: 'Instances by version: of the proxy, or of the instrumentation in an app.',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [{ expr: instances('buildInfo', ['tag']), legend: '{{tag}}' }],
  }),
]

/** Creates the dashboard over the names that the agentgateway proxy has, which apps have with `AGENTGATEWAY_METRICS=proxy`. */
export function createProxyDashboard(): Dashboard {
  return assemble({
    title: 'agentgateway, the proxy’s names',
    uid: 'agentgateway-proxy-names',
    description:
      'The agentgateway proxy, and Node.js apps that have its names by AGENTGATEWAY_METRICS=proxy, in the same panels.',
    variables: VARIABLES,
    annotations: [],
    rows: { LLM, HTTP, MCP, Connections: CONNECTIONS },
  })
}
