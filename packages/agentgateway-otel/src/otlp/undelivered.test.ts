import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { MeterProvider } from '@agentgateway-otel/meter'
import type { Meter } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import type { DataPoint, Histogram, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import { OtlpReader } from './reader.ts'
import { DataRefusedError } from './transport.ts'

type Callback = Parameters<PushMetricExporter['export']>[1]

const CONFIGURATION: OtlpConfiguration = {
  protocol: 'http/protobuf',
  url: 'http://127.0.0.1:4318/v1/metrics',
  headers: {},
  compression: 'none',
  timeoutMs: 20,
  tls: { caFile: undefined, certificateFile: undefined, keyFile: undefined },
  temporality: 'delta',
  histogramAggregation: 'explicit_bucket_histogram',
  intervalMs: 3_600_000,
  exportsAtEnd: true,
}

const SUCCESS = { code: 0 }
const failure = (error: Error) => ({ code: 1, error })
const UNAVAILABLE = failure(new Error('the collector responded with 503'))

describe('an export that fails', () => {
  let exports: { readonly metrics: ResourceMetrics; readonly callback: Callback }[]
  /** What becomes of the exports, in their order; without a result, an export goes on. */
  let results: (Parameters<Callback>[0] | undefined)[]
  let provider: MeterProvider
  let meter: Meter

  beforeEach(() => {
    exports = []
    results = []
    const exporter: PushMetricExporter = {
      export(metrics, callback) {
        exports.push({ metrics, callback })
        const result = results.shift()
        if (result !== undefined) callback(result)
      },
      async forceFlush() {},
      async shutdown() {},
    }
    provider = new MeterProvider({ resource: emptyResource(), readers: [new OtlpReader(exporter, CONFIGURATION)] })
    meter = provider.getMeter('test')
  })

  const pointsOf = (index: number, name: string) =>
    exports[index]?.metrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }): DataPoint<unknown>[] => dataPoints)
  const valuesOf = (index: number, name: string) => pointsOf(index, name)?.map(({ value }) => value)

  it('has its deltas added to the next export, for the whole time', async () => {
    results = [UNAVAILABLE, UNAVAILABLE, SUCCESS, SUCCESS]
    const counter = meter.createCounter('orders')
    const histogram = meter.createHistogram('sizes', { advice: { explicitBucketBoundaries: [10] } })
    const gauge = meter.createGauge('load')
    for (const value of [1, 2, 40]) {
      counter.add(value, { state: 'paid' })
      counter.add(1, { state: `refused ${value}` })
      histogram.record(value)
      gauge.record(value)
      await provider.forceFlush()
    }
    assert.deepEqual(new Set(valuesOf(2, 'orders')), new Set([43, 1, 1, 1]))
    const expected: Histogram = {
      count: 3,
      sum: 43,
      min: 1,
      max: 40,
      buckets: { boundaries: [10], counts: [2, 1] },
    }
    assert.deepEqual(valuesOf(2, 'sizes'), [expected])
    assert.deepEqual(valuesOf(2, 'load'), [40])
    assert.deepEqual(pointsOf(2, 'sizes')?.[0]?.startTime, pointsOf(0, 'sizes')?.[0]?.startTime)

    counter.add(5, { state: 'paid' })
    await provider.forceFlush()
    assert.deepEqual(valuesOf(3, 'orders'), [5])
    assert.deepEqual(pointsOf(3, 'orders')?.[0]?.startTime, pointsOf(2, 'sizes')?.[0]?.endTime)
  })

  it('has its deltas sent when nothing else is to be sent, also at shutdown', async () => {
    results = [UNAVAILABLE, UNAVAILABLE, SUCCESS]
    meter.createCounter('orders').add(3)
    await provider.forceFlush()
    await provider.forceFlush()
    await provider.shutdown()
    assert.deepEqual(
      exports.map((_, i) => valuesOf(i, 'orders')),
      [[3], [3], [3]],
    )
  })

  it('has no total sent twice, and nothing that the collector refused', async () => {
    results = [UNAVAILABLE, failure(new DataRefusedError('400')), SUCCESS]
    const counter = meter.createCounter('orders')
    const level = meter.createUpDownCounter('level')
    for (const value of [1, 2, 4]) {
      counter.add(value)
      level.add(value)
      await provider.forceFlush()
    }
    assert.deepEqual(
      exports.map((_, i) => [valuesOf(i, 'orders'), valuesOf(i, 'level')]),
      [
        [[1], [1]],
        [[3], [3]],
        [[4], [7]],
      ],
    )
  })

  for (const [what, result, expected] of [
    ['fails in the end', UNAVAILABLE, 5],
    ['succeeds in the end', SUCCESS, 3],
  ] as const) {
    it(`after the reader's time-out is waited for, so that it is counted once if it ${what}`, async () => {
      results = [undefined, SUCCESS]
      const counter = meter.createCounter('orders')
      counter.add(2)
      await provider.forceFlush()
      counter.add(3)
      const flushed = provider.forceFlush()
      assert.equal(exports.length, 1)
      exports[0]?.callback(result)
      await flushed
      assert.deepEqual(valuesOf(1, 'orders'), [expected])
    })
  }

  it('by an exception of the exporter is one that failed', async () => {
    const counter = meter.createCounter('orders')
    results = [SUCCESS]
    Object.defineProperty(exports, 'push', {
      configurable: true,
      value() {
        Reflect.deleteProperty(exports, 'push')
        throw new Error('not serializable')
      },
    })
    counter.add(2)
    await provider.forceFlush()
    counter.add(3)
    await provider.forceFlush()
    assert.deepEqual(valuesOf(0, 'orders'), [5])
  })
})

/** What becomes of an export: at once, or after the reader's time-out. */
const OUTCOMES = ['accepted', 'failed', 'refused', 'accepted late', 'failed late'] as const
type Outcome = (typeof OUTCOMES)[number]

const RESULTS = { accepted: SUCCESS, failed: UNAVAILABLE, refused: failure(new DataRefusedError('400')) }

/** The collector's total, with what it refused for good, of a counter that is exported with these outcomes. */
async function totalAfter(steps: readonly { readonly added: number; readonly outcome: Outcome }[]): Promise<number> {
  let total = 0
  let outcome: Outcome = 'accepted'
  let isUnderWay = false
  const exporter: PushMetricExporter = {
    export({ scopeMetrics }, callback) {
      assert.equal(isUnderWay, false)
      isUnderWay = true
      const value = scopeMetrics[0]?.metrics[0]?.dataPoints[0]?.value
      const result = RESULTS[outcome.replace(' late', '') as keyof typeof RESULTS]
      const settle = () => {
        isUnderWay = false
        if (result !== UNAVAILABLE) total += Number(value)
        callback(result)
      }
      if (outcome.endsWith(' late')) setTimeout(settle, 3)
      else settle()
    },
    async forceFlush() {},
    async shutdown() {},
  }
  const reader = new OtlpReader(exporter, { ...CONFIGURATION, timeoutMs: 1 })
  const provider = new MeterProvider({ resource: emptyResource(), readers: [reader] })
  const counter = provider.getMeter('test').createCounter('orders')
  for (const step of steps) {
    if (step.added > 0) counter.add(step.added)
    outcome = step.outcome
    await provider.forceFlush()
  }
  outcome = 'accepted'
  await provider.shutdown()
  return total
}

it('no sequence of outcomes loses or doubles a delta', async () => {
  const step = fc.record({ added: fc.nat(9), outcome: fc.constantFrom(...OUTCOMES) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const added = steps.reduce((sum, step) => sum + step.added, 0)
      assert.equal(await totalAfter(steps), added)
    }),
  )
})
