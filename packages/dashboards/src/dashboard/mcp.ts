import { bars, graph, type Panel } from './panels.ts'
import { perInterval, perSecond, quantile, shareOf, top, total } from './queries.ts'

type Role = 'server' | 'client'

const TOOL_CALLS = { method: '="tools/call"' } as const
const WITH_RESPONSE = { status: '=~"ok|error"' } as const
const FAILED = { status: '="error"' } as const

export const SESSIONS_OF_SERVERS = 'Open sessions, server'

/** Panels of one role. A message whose server and client are both watched is counted in each role, so the roles are apart. */
function panelsOf(role: Role): readonly Panel[] {
  const where = { role: `="${role}"` } as const
  const byTool = (expr: string, events: object = {}) =>
    top(expr, 'mcpRequests', ['server', 'resource'], { ...where, ...TOOL_CALLS, ...events })
  return [
    graph({
      title: `Open sessions, ${role}`,
      description: 'MCP sessions that are open. Stateless servers have none.',
      unit: 'short',
      width: 8,
      stacked: true,
      queries: [{ expr: total('mcpSessionsActive', ['transport'], where), legend: '{{transport}}' }],
    }),
    graph({
      title: `Requests by method, ${role}`,
      description: 'MCP requests and notifications that clients sent, per second.',
      unit: 'reqps',
      width: 8,
      queries: [{ expr: perSecond('mcpRequests', ['method'], where), legend: '{{method}}' }],
    }),
    graph({
      title: `Tool calls, ${role}`,
      description: 'Calls of tools per second, of the ten tools with the most.',
      unit: 'reqps',
      width: 8,
      queries: [
        {
          expr: byTool(perSecond('mcpRequests', ['server', 'resource'], { ...where, ...TOOL_CALLS })),
          legend: '{{server}} {{resource}}',
        },
      ],
    }),
    bars({
      title: `Failures by tool, ${role}`,
      description:
        'Calls of tools, in each interval, whose response is a JSON-RPC error or a result that reports a failure.',
      unit: 'short',
      width: 8,
      queries: [
        {
          expr: perInterval('mcpRequests', ['server', 'resource'], { ...where, ...TOOL_CALLS, ...FAILED }),
          legend: '{{server}} {{resource}}',
        },
      ],
    }),
    graph({
      title: `Failed tool calls, ${role}`,
      description: 'Share of each tool’s calls with a response that failed, of the ten tools with the most failures.',
      unit: 'percentunit',
      width: 8,
      queries: [
        {
          expr: byTool(
            shareOf('mcpRequests', FAILED, ['server', 'resource'], { ...where, ...TOOL_CALLS, ...WITH_RESPONSE }),
            FAILED,
          ),
          legend: '{{server}} {{resource}}',
        },
      ],
    }),
    graph({
      title: `Failed requests by method, ${role}`,
      description:
        'Share of the requests with a response whose response is a JSON-RPC error, or a tool’s result that reports a failure.',
      unit: 'percentunit',
      width: 8,
      queries: [
        { expr: shareOf('mcpRequests', FAILED, ['method'], { ...where, ...WITH_RESPONSE }), legend: '{{method}}' },
      ],
    }),
  ]
}

export const MCP_SERVER = [
  ...panelsOf('server'),
  graph({
    title: 'Duration over HTTP, server',
    description:
      'Duration of the POST requests that carry MCP messages to a server, from the request’s head to the response’s end.',
    unit: 's',
    width: 8,
    queries: [0.5, 0.95, 0.99].map((q) => ({
      expr: quantile(q, 'requestDuration', [], { protocol: '="mcp"', method: '="POST"' }),
      legend: `p${q * 100}`,
    })),
  }),
]

export const MCP_CLIENT = panelsOf('client')
