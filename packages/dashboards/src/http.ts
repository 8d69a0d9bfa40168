import { graph } from './panels.ts'
import { mean, perSecond, quantile, share, sumPerSecond } from './queries.ts'

export const HTTP = [
  graph({
    title: 'Requests by route',
    description: 'HTTP requests served per second. The route is the framework’s template; unknown where there is none.',
    unit: 'reqps',
    width: 8,
    queries: [{ expr: perSecond('requests', ['method', 'route']), legend: '{{method}} {{route}}' }],
  }),
  graph({
    title: 'Requests by status',
    description:
      'HTTP requests served per second. 499 means that the client went away before its response was complete.',
    unit: 'reqps',
    width: 8,
    stacked: true,
    queries: [{ expr: perSecond('requests', ['status']), legend: '{{status}}' }],
  }),
  graph({
    title: 'Failed requests',
    description: 'Share of each route’s requests whose response has a 5xx status.',
    unit: 'percentunit',
    width: 8,
    queries: [{ expr: share('requests', { status: '=~"5.."' }, ['route']), legend: '{{route}}' }],
  }),
  graph({
    title: 'Duration',
    description:
      'Time from the request’s head to the end of the response, over all routes, estimated from the buckets. Event streams count when they end.',
    unit: 's',
    width: 8,
    queries: [0.5, 0.95, 0.99].map((q) => ({ expr: quantile(q, 'requestDuration', []), legend: `p${q * 100}` })),
  }),
  graph({
    title: 'Duration by route, p95',
    description: 'The time that 95 % of each route’s requests stay below, estimated from the buckets.',
    unit: 's',
    width: 8,
    queries: [{ expr: quantile(0.95, 'requestDuration', ['route']), legend: '{{route}}' }],
  }),
  graph({
    title: 'Abandoned requests',
    description: 'Share of each route’s requests whose client went away before the response was complete (status 499).',
    unit: 'percentunit',
    width: 8,
    queries: [{ expr: share('requests', { status: '="499"' }, ['route']), legend: '{{route}}' }],
  }),
  graph({
    title: 'Throughput',
    description: 'Bytes of request and response bodies per second, as encoded on the wire, without heads.',
    unit: 'binBps',
    width: 8,
    queries: [
      { expr: sumPerSecond('requestSize', []), legend: 'in' },
      { expr: sumPerSecond('responseSize', []), legend: 'out' },
    ],
  }),
  graph({
    title: 'Request size by route',
    description: 'Mean size of a request’s body. It is exact, since it does not come from buckets.',
    unit: 'bytes',
    width: 8,
    queries: [{ expr: mean('requestSize', ['route']), legend: '{{route}}' }],
  }),
  graph({
    title: 'Response size by route',
    description: 'Mean size of a response’s body. It is exact, since it does not come from buckets.',
    unit: 'bytes',
    width: 8,
    queries: [{ expr: mean('responseSize', ['route']), legend: '{{route}}' }],
  }),
]
