import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { METRICS, OTHER } from '@agentgateway-otel/metrics'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { ProcessSeries } from './process-series.ts'

type Point = readonly [attributes: Readonly<Record<string, unknown>>, value: unknown]

const metrics = (...named: readonly (readonly [name: string, ...points: Point[]])[]) =>
  ({
    scopeMetrics: named.map(([name, ...points]) => ({
      metrics: [
        {
          descriptor: { name },
          dataPoints: points.map(([attributes, value]) => ({ attributes, value, startTime: [0, 0] })),
        },
      ],
    })),
  }) as unknown as ResourceMetrics

const present = ({ table }: ProcessSeries) =>
  Array.from(table.presentRows(), ({ family, labels, offset }) => [
    family.name,
    labels,
    ...table.values.subarray(offset, offset + family.width),
  ])

const { requests, connectionsActive, requestDuration } = METRICS
const get = (route: string, more = {}) => ({ method: 'GET', status: '200', route, protocol: 'http', ...more })

describe('ProcessSeries', () => {
  it('keeps one row per series, whether the attributes are the same object or an equal one', () => {
    const series = new ProcessSeries()
    const attributes = get('/')
    for (const [value, labels] of [1, 2, 3].map((n) => [n, n === 2 ? get('/') : attributes] as const)) {
      series.update(metrics([requests.name, [labels, value]]), true)
    }
    assert.deepEqual(present(series), [[requests.name, ['GET', '200', '/', 'http'], 3]])
  })

  it('adds up data points that differ only in an attribute that is no label', () => {
    const series = new ProcessSeries()
    const points: Point[] = [
      [get('/', { extra: 1 }), 1],
      [get('/', { extra: 2 }), 2],
    ]
    for (let i = 0; i < 2; i++) series.update(metrics([requests.name, ...points]), true)
    assert.deepEqual(present(series), [[requests.name, ['GET', '200', '/', 'http'], 3]])
  })

  it('drops a gauge that is not observed any more, but not where gauges were not collected', () => {
    const series = new ProcessSeries()
    const gauge = [connectionsActive.name, [{ bind: '80', protocol: 'http' }, 4]] as const
    assert.equal(series.update(metrics(gauge), true), true)
    assert.equal(series.update(metrics(), false), false)
    assert.equal(present(series).length, 1)
    assert.equal(series.update(metrics(), true), true)
    assert.deepEqual(present(series), [])
    series.update(metrics(gauge), true)
    assert.equal(present(series).length, 1)
  })

  it('reports whether any number changed', () => {
    const series = new ProcessSeries()
    const attributes = get('/')
    const update = (value: number) => series.update(metrics([requests.name, [attributes, value]]), true)
    assert.deepEqual([update(1), update(1), update(2)], [true, false, true])
  })

  it('gives an overflow series, which has no labels, the value _OTHER for each', () => {
    const series = new ProcessSeries()
    series.update(metrics([requests.name, [{ 'otel.metric.overflow': true }, 7]]), true)
    assert.deepEqual(present(series), [[requests.name, [OTHER, OTHER, OTHER, OTHER], 7]])
  })

  it('leaves out metrics and data points whose kind is not that of the table', () => {
    const series = new ProcessSeries()
    const otherBuckets = { count: 1, sum: 1, buckets: { boundaries: [1], counts: [1, 0] } }
    series.update(
      metrics(
        [requests.name, [get('/'), otherBuckets]],
        [requestDuration.name, [get('/'), 1], [get('/a'), otherBuckets]],
        ['other_total', [get('/'), 1]],
      ),
      true,
    )
    assert.deepEqual(present(series), [])
  })
})
