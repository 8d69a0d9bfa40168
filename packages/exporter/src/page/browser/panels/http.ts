import { METRICS } from '@agentgateway-otel/metrics'
import { bytes, count, number, percent, seconds } from '../../../reading/format.ts'
import { histogramQuantile } from '../../../reading/quantile.ts'
import {
  boundsOf,
  bucketsOf,
  type Groups,
  only,
  type Query,
  run,
  splitKey,
  sumBy,
  sumOf,
} from '../../../reading/query.ts'
import type { History } from '../history.ts'
import { largest, quantileOf, rateLines, rateOf } from '../lines.ts'
import { lazyRows, type Panel, type Tone } from '../panel.ts'
import { latencyPanel } from './latency.ts'

const BY_STATUS = sumBy(METRICS.requests.name, 'status')
const BY_ROUTE = sumBy(METRICS.requests.name, 'route')
const BY_ROUTE_AND_STATUS = sumBy(METRICS.requests.name, 'route', 'status')
const DURATION_BY_ROUTE = sumBy(METRICS.requestDuration.name, 'route')

const first = (key: string) => splitKey(key)[0] ?? ''

function toneOf(key: string): Tone {
  const status = first(key)
  if (status === '499') return 'left'
  return ({ 2: 'ok', 3: 'moved', 4: 'refused', 5: 'failed' } as const)[status[0] ?? ''] ?? 'other'
}

/** Statuses are drawn from the best to the worst, so that failures are on top. */
const byStatus = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)

const sum = (groups: Groups, holds: (key: string) => boolean = () => true) =>
  [...groups].reduce((total, [key, [value = 0]]) => total + (holds(key) ? value : 0), 0)

const hasFailed = (key: string) => splitKey(key).at(-1)?.startsWith('5') === true

const requests: Panel = {
  id: 'requests',
  title: 'Requests',
  metrics: [METRICS.requests.name],
  queries: [BY_STATUS],
  view(history) {
    const latest = history.latest(BY_STATUS)
    const growth = history.latestGrowth(BY_STATUS)
    const total = sum(latest)
    return {
      figures: [
        { value: number(growth ? sum(growth.groups) / growth.seconds : Number.NaN), label: 'per second' },
        { value: count(total), label: 'in total' },
        { value: percent(total === 0 ? 0 : sum(latest, hasFailed) / total), label: 'failed (5xx)' },
      ],
      chart: {
        kind: 'layers',
        title: 'Requests per second, by status',
        lines: [...rateLines(history, BY_STATUS, { name: first, tone: toneOf })].sort(byStatus),
        format: number,
      },
      table: {
        columns: ['Status', 'Per second', 'Total'],
        rows: lazyRows(largest(latest), ({ key, value }) => ({
          tone: toneOf(key),
          names: [first(key) === '499' ? '499 (client left)' : first(key)],
          cells: [number(rateOf(growth, key)), count(value)],
        })),
      },
    }
  },
}

const routes: Panel = {
  id: 'routes',
  title: 'Routes',
  isWide: true,
  metrics: [METRICS.requests.name],
  queries: [BY_ROUTE],
  view(history, families) {
    const latest = history.latest(BY_ROUTE)
    const growth = history.latestGrowth(BY_ROUTE)
    const durations = run(DURATION_BY_ROUTE, families)
    const bounds = boundsOf(DURATION_BY_ROUTE.metric, families)
    const failures = new Map<string, number>()
    for (const [key, [value = 0]] of run(BY_ROUTE_AND_STATUS, families)) {
      const [route = ''] = splitKey(key)
      if (hasFailed(key)) failures.set(route, (failures.get(route) ?? 0) + value)
    }
    const p95 = (key: string) => {
      const numbers = durations.get(key)
      return numbers ? histogramQuantile(0.95, bounds, bucketsOf(numbers).counts) : Number.NaN
    }
    return {
      figures: [],
      table: {
        columns: ['Route', 'Per second', 'p95', '5xx', 'Total'],
        rows: lazyRows(largest(latest), ({ key, value }) => ({
          names: [first(key)],
          cells: [
            number(rateOf(growth, key)),
            seconds(p95(key)),
            percent((failures.get(first(key)) ?? 0) / value),
            count(value),
          ],
        })),
      },
    }
  },
}

const DIRECTIONS = [
  { name: 'Requests', received: 'received', query: sumOf(METRICS.requestSize.name), tone: 'c0' },
  { name: 'Responses', received: 'sent', query: sumOf(METRICS.responseSize.name), tone: 'c1' },
] as const

/** The bytes per second at each point. */
const throughput = (history: History, query: Query) =>
  history
    .growths(query)
    .map((growth) => (growth ? bucketsOf(only(growth.groups) ?? []).sum / growth.seconds : Number.NaN))

const sizes: Panel = {
  id: 'sizes',
  title: 'Sizes',
  metrics: [METRICS.requestSize.name, METRICS.responseSize.name],
  queries: DIRECTIONS.map(({ query }) => query),
  view(history, families) {
    // One of the two may be left out by AGENTGATEWAY_METRICS, and is then not 0 but unknown.
    const rows = DIRECTIONS.filter(({ query }) => families.has(query.metric)).map(({ query, ...direction }) => {
      const values = throughput(history, query)
      const latest = history.latest(query)
      const { sum } = bucketsOf(only(latest) ?? [])
      return { ...direction, values, latest, sum, bounds: boundsOf(query.metric, families) }
    })
    return {
      figures: rows.map(({ sum, received }) => ({ value: bytes(sum), label: received })),
      chart: { kind: 'lines', title: 'Bytes of bodies per second', lines: rows, format: bytes },
      table: {
        columns: ['Bodies of', 'Per second', 'p50', 'p95'],
        rows: rows.map(({ name, tone, values, latest, bounds }) => ({
          tone,
          names: [name],
          cells: [
            bytes(values.at(-1) ?? Number.NaN),
            bytes(quantileOf(latest, bounds, 0.5)),
            bytes(quantileOf(latest, bounds, 0.95)),
          ],
        })),
      },
    }
  },
}

export const HTTP_PANELS: readonly Panel[] = [
  requests,
  latencyPanel('latency', 'Latency', METRICS.requestDuration),
  sizes,
  routes,
]
