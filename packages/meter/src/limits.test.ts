import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MeterProvider as MeterProviderApi } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import { AggregationTemporality, MeterProvider as SdkProvider } from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import type { Point } from './point.ts'
import { MeterProvider } from './provider.ts'
import { collect, TestReader, values } from './testing/reader.ts'

const resource = emptyResource()
const OVERFLOW = '{"otel.metric.overflow":true}'

const readerOf = (limit: number, temporality = AggregationTemporality.CUMULATIVE) =>
  new TestReader({ cardinalitySelector: () => limit, aggregationTemporalitySelector: () => temporality })

/** Records eighths, whose sums are exact in any order, in each kind of instrument but the gauges. */
async function play(provider: MeterProviderApi, readers: readonly TestReader[], records: readonly [number, number][]) {
  const meter = provider.getMeter('test')
  const counter = meter.createCounter('counter')
  const upDownCounter = meter.createUpDownCounter('upDownCounter')
  const histogram = meter.createHistogram('histogram', { advice: { explicitBucketBoundaries: [10, 50] } })
  for (const [eighths, series] of records) {
    const attributes = { series: String(series) }
    counter.add(eighths / 8, attributes)
    upDownCounter.add(eighths / 8 - 5, attributes)
    histogram.record(eighths / 8, attributes)
  }
  const collected: Record<string, Record<string, Point['value']>>[] = []
  for (const reader of readers) {
    const metrics = Object.entries(await collect(reader)).map(([name, points]) => [
      name,
      Object.fromEntries(points?.map(({ attributes, value }) => [JSON.stringify(attributes), value]) ?? []),
    ])
    collected.push(Object.fromEntries(metrics))
  }
  return collected
}

describe("a reader's own cardinality limit", () => {
  it('puts the same series together as sdk-metrics does, for each of several readers', async () => {
    const records = fc.array(fc.tuple(fc.nat(800), fc.nat(8)), { maxLength: 30 })
    const limits = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { minLength: 1, maxLength: 3 })
    const readersOf = (limits: readonly [number, boolean][]) =>
      limits.map(([limit, isDelta]) =>
        readerOf(limit, isDelta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE),
      )
    await fc.assert(
      fc.asyncProperty(limits, records, async (limits, records) => {
        const [ourReaders, theirReaders] = [readersOf(limits), readersOf(limits)]
        assert.deepEqual(
          await play(new MeterProvider({ resource, readers: ourReaders }), ourReaders, records),
          await play(new SdkProvider({ readers: theirReaders }), theirReaders, records),
        )
      }),
    )
  })

  it('leaves a series in the overflow series for good, and another reader all of them', async () => {
    const [all, few] = [readerOf(10), readerOf(3, AggregationTemporality.DELTA)]
    const counter = new MeterProvider({ resource, readers: [all, few] }).getMeter('test').createCounter('c')
    for (const n of [1, 2, 3, 4]) counter.add(n, { n })
    assert.deepEqual(await values(few, 'c'), { '{"n":1}': 1, '{"n":2}': 2, [OVERFLOW]: 7 })
    counter.add(5, { n: 4 })
    assert.deepEqual(await values(few, 'c'), { [OVERFLOW]: 5 })
    assert.deepEqual(await values(all, 'c'), { '{"n":1}': 1, '{"n":2}': 2, '{"n":3}': 3, '{"n":4}': 9 })
  })

  it('holds for observable instruments too', async () => {
    const [all, few] = [readerOf(10), readerOf(2)]
    const meter = new MeterProvider({ resource, readers: [all, few] }).getMeter('test')
    meter.createObservableCounter('c').addCallback((result) => {
      for (const n of [1, 2, 3]) result.observe(n, { n })
    })
    assert.deepEqual(await values(all, 'c'), { '{"n":1}': 1, '{"n":2}': 2, '{"n":3}': 3 })
    assert.deepEqual(await values(few, 'c'), { '{"n":1}': 1, [OVERFLOW]: 5 })
  })

  it('does not hold where the provider has one', async () => {
    const reader = readerOf(2)
    const provider = new MeterProvider({ resource, readers: [reader], cardinalityLimit: 4 })
    const counter = provider.getMeter('test').createCounter('c')
    for (const n of [1, 2, 3, 4, 5]) counter.add(n, { n })
    assert.deepEqual(await values(reader, 'c'), { '{"n":1}': 1, '{"n":2}': 2, '{"n":3}': 3, [OVERFLOW]: 9 })
  })
})
