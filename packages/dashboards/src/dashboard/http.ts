import { bars, graph, heatmap } from './panels.ts'
import { mean, perBucket, perInterval, perSecond, quantile, shareOf, sumPerSecond, top } from './queries.ts'

const byRoute = (expr: string) => top(expr, 'requests', ['route'])

export const HTTP = [
  graph({
    title: 'Requests by route',
    description:
      'HTTP requests served per second, of the ten routes with the most. The route is the framework’s template; unknown where there is none.',
    unit: 'reqps',
    width: 8,
    queries: [{ expr: byRoute(perSecond('requests', ['method', 'route'])), legend: '{{method}} {{route}}' }],
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
  bars({
    title: 'Failures by status',
    description: 'Responses with a 4xx or 5xx status in each interval, and requests that clients abandoned (499).',
    unit: 'short',
    width: 8,
    queries: [{ expr: perInterval('requests', ['status'], { status: '=~"[45].."' }), legend: '{{status}}' }],
  }),
  graph({
    title: 'Failed requests by route',
    description:
      'Share of each route’s requests whose response has a 5xx status, of the ten routes with the most such responses.',
    unit: 'percentunit',
    width: 8,
    queries: [
      {
        expr: top(shareOf('requests', { status: '=~"5.."' }, ['route']), 'requests', ['route'], { status: '=~"5.."' }),
        legend: '{{route}}',
      },
    ],
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
    description:
      'The time that 95 % of each route’s requests stay below, estimated from the buckets, of the ten routes with the most requests.',
    unit: 's',
    width: 8,
    queries: [{ expr: byRoute(quantile(0.95, 'requestDuration', ['route'])), legend: '{{route}}' }],
  }),
  heatmap({
    title: 'Distribution of durations',
    description: 'How many requests took how long. Two bands show two kinds of requests, which a quantile hides.',
    unit: 's',
    width: 8,
    expr: perBucket('requestDuration'),
  }),
  graph({
    title: 'Abandoned requests',
    description:
      'Share of each route’s requests whose client went away before the response was complete (status 499), of the ten routes with the most of them.',
    unit: 'percentunit',
    width: 8,
    queries: [
      {
        expr: top(shareOf('requests', { status: '="499"' }, ['route']), 'requests', ['route'], { status: '="499"' }),
        legend: '{{route}}',
      },
    ],
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
    description:
      'Mean size of a request’s body, of the ten routes with the most requests. It is exact, since it does not come from buckets.',
    unit: 'bytes',
    width: 6,
    queries: [{ expr: byRoute(mean('requestSize', ['route'])), legend: '{{route}}' }],
  }),
  graph({
    title: 'Response size by route',
    description:
      'Mean size of a response’s body, of the ten routes with the most requests. It is exact, since it does not come from buckets.',
    unit: 'bytes',
    width: 6,
    queries: [{ expr: byRoute(mean('responseSize', ['route'])), legend: '{{route}}' }],
  }),
  heatmap({
    title: 'Distribution of request sizes',
    description: 'How many requests were how big.',
    unit: 'bytes',
    width: 6,
    expr: perBucket('requestSize'),
  }),
  heatmap({
    title: 'Distribution of response sizes',
    description: 'How many responses were how big.',
    unit: 'bytes',
    width: 6,
    expr: perBucket('responseSize'),
  }),
]
