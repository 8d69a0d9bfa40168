import { graph } from './panels.ts'
import { perEvent, perSecond, total } from './queries.ts'

export const CONNECTIONS = [
  graph({
    title: 'Connections by port',
    description: 'Accepted connections that are open, by the port that accepted them.',
    unit: 'short',
    width: 8,
    stacked: true,
    queries: [{ expr: total('connectionsActive', ['bind', 'protocol']), legend: '{{bind}} {{protocol}}' }],
  }),
  graph({
    title: 'New connections',
    description: 'Connections accepted per second.',
    unit: 'cps',
    width: 8,
    stacked: true,
    queries: [{ expr: perSecond('connections', ['bind', 'protocol']), legend: '{{bind}} {{protocol}}' }],
  }),
  graph({
    title: 'Requests per new connection',
    description:
      'HTTP requests for each connection that is accepted. Near 1, clients open a connection for each request, so keep-alive does not work for them.',
    unit: 'short',
    width: 8,
    queries: [{ expr: perEvent('requests', [], 'connections'), legend: 'requests' }],
  }),
]
