import { graph } from './panels.ts'
import { perSecond, quantile, share, total } from './queries.ts'

export const MCP = [
  graph({
    title: 'Open sessions',
    description: 'MCP sessions that are open, by the process’s role in them. Stateless servers have none.',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [{ expr: total('mcpSessionsActive', ['role', 'transport']), legend: '{{role}} {{transport}}' }],
  }),
  graph({
    title: 'Requests by method',
    description: 'MCP requests and notifications that clients sent, per second.',
    unit: 'reqps',
    width: 8,
    queries: [{ expr: perSecond('mcpRequests', ['role', 'method']), legend: '{{role}} {{method}}' }],
  }),
  graph({
    title: 'Tool calls',
    description: 'Calls of each server’s tools per second.',
    unit: 'reqps',
    width: 8,
    queries: [
      {
        expr: perSecond('mcpRequests', ['server', 'resource'], { method: '="tools/call"' }),
        legend: '{{server}} {{resource}}',
      },
    ],
  }),
  graph({
    title: 'Failed requests by method',
    description:
      'Share of the requests with a response whose response is a JSON-RPC error, or a tool’s result that reports a failure.',
    unit: 'percentunit',
    width: 8,
    queries: [
      {
        expr: share('mcpRequests', { status: '="error"' }, ['role', 'method'], { status: '=~"ok|error"' }),
        legend: '{{role}} {{method}}',
      },
    ],
  }),
  graph({
    title: 'Failed tool calls',
    description: 'Share of each tool’s calls with a response that failed.',
    unit: 'percentunit',
    width: 8,
    queries: [
      {
        expr: share('mcpRequests', { status: '="error"' }, ['server', 'resource'], {
          method: '="tools/call"',
          status: '=~"ok|error"',
        }),
        legend: '{{server}} {{resource}}',
      },
    ],
  }),
  graph({
    title: 'Duration over HTTP',
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
