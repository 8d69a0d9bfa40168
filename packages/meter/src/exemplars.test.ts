import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Attributes, type Context, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { emptyResource } from '@opentelemetry/resources'
import { AggregationType, InstrumentType } from '@opentelemetry/sdk-metrics'
import { MeterProvider } from './provider.ts'
import { collectGarbage } from './testing/garbage.ts'
import { collect, deltaReader, TestReader } from './testing/reader.ts'

const BOUNDARIES = [1, 2]
const traceIdOf = (n: number) => n.toString(16).padStart(32, '0')
const spanIdOf = (n: number) => n.toString(16).padStart(16, '0')

function contextOf(n: number, overrides: Partial<SpanContext> = {}): Context {
  const spanContext = { traceId: traceIdOf(n), spanId: spanIdOf(n), traceFlags: 1, ...overrides }
  return trace.setSpanContext(ROOT_CONTEXT, spanContext)
}

function setUp(readers = [new TestReader()], cardinalityLimit = 2000) {
  const provider = new MeterProvider({ resource: emptyResource(), readers, cardinalityLimit })
  const advice = { explicitBucketBoundaries: BOUNDARIES }
  return { reader: readers[0] as TestReader, histogram: provider.getMeter('test').createHistogram('h', { advice }) }
}

type Shown = readonly [value: number, traceId: string, spanId: string] | undefined

async function exemplars(reader: TestReader): Promise<readonly (readonly Shown[] | undefined)[]> {
  const points = (await collect(reader)).h ?? []
  return points.map((point) =>
    point.exemplars?.map((exemplar) => exemplar && [exemplar.value, exemplar.traceId, exemplar.spanId]),
  )
}

test('a histogram keeps the latest exemplar of each bucket of each series', async () => {
  const { reader, histogram } = setUp()
  const before = Date.now()
  const a: Attributes = Object.freeze({ a: '1' })
  histogram.record(0.25, a, contextOf(1))
  histogram.record(0.5, a, contextOf(2))
  histogram.record(1, a, contextOf(3))
  histogram.record(7, { a: '2' }, contextOf(4))
  histogram.record(8, { a: '2' })
  assert.deepEqual(await exemplars(reader), [
    [[1, traceIdOf(3), spanIdOf(3)], undefined, undefined],
    [undefined, undefined, [7, traceIdOf(4), spanIdOf(4)]],
  ])
  const [point] = (await collect(reader)).h ?? []
  const timeMs = point?.exemplars?.[0]?.timeMs ?? 0
  assert.ok(timeMs >= before && timeMs <= Date.now())
})

test('a reader of buckets has exemplars beside a reader of exponential histograms, which has none', async () => {
  const exponential = new TestReader({
    aggregationSelector: (kind) => ({
      type: kind === InstrumentType.HISTOGRAM ? AggregationType.EXPONENTIAL_HISTOGRAM : 0,
    }),
  })
  const { reader, histogram } = setUp([new TestReader(), exponential])
  histogram.record(7, {}, contextOf(1))
  assert.deepEqual(await exemplars(reader), [[undefined, undefined, [7, traceIdOf(1), spanIdOf(1)]]])
  assert.deepEqual(await exemplars(exponential), [undefined])
})

test('a data point has no exemplars without a context, a sampled span or valid ids', async () => {
  const { reader, histogram } = setUp()
  histogram.record(1)
  histogram.record(1, {}, undefined)
  histogram.record(1, {}, ROOT_CONTEXT)
  const invalid: readonly Partial<SpanContext>[] = [
    { traceFlags: 0 },
    { traceId: traceIdOf(0) },
    { spanId: spanIdOf(0) },
    { traceId: 'x"} 1\n' },
    { traceId: traceIdOf(7).slice(1) },
    { spanId: `${spanIdOf(7)}0` },
    { traceId: [traceIdOf(7)] as never },
    { spanId: Symbol('7') as never },
  ]
  for (const overrides of invalid) histogram.record(1, {}, contextOf(7, overrides))
  assert.deepEqual(await exemplars(reader), [undefined])
  assert.equal('exemplars' in ((await collect(reader)).h?.[0] ?? {}), false)
})

test('a context or a span that throws changes nothing of the measurement', async () => {
  const { reader, histogram } = setUp()
  const fail = () => {
    throw new Error('a context that fails')
  }
  const hostile = [
    null,
    1,
    { getValue: fail },
    { getValue: () => null },
    { getValue: () => ({ spanContext: fail }) },
    { getValue: () => ({ spanContext: () => null }) },
    new Proxy({}, { get: fail }),
  ]
  for (const context of hostile) histogram.record(1, {}, context as never)
  const [point] = (await collect(reader)).h ?? []
  assert.equal(typeof point?.value === 'object' && point.value.count, hostile.length)
  assert.deepEqual(await exemplars(reader), [undefined])
})

test('a value that is dropped leaves no exemplar', async () => {
  const { reader, histogram } = setUp()
  histogram.record(1, {})
  histogram.record(-1, {}, contextOf(1))
  histogram.record(Number.NaN, {}, contextOf(2))
  assert.deepEqual(await exemplars(reader), [undefined])
})

test('a delta reader gets the exemplars of its own interval, however others read', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 })
  const [total, delta] = [new TestReader(), deltaReader()]
  const { histogram } = setUp([total, delta])
  histogram.record(1, {}, contextOf(1))
  t.mock.timers.tick(10)
  assert.deepEqual(await exemplars(delta), [[[1, traceIdOf(1), spanIdOf(1)], undefined, undefined]])
  t.mock.timers.tick(10)
  histogram.record(2, {}, contextOf(2))
  const second: Shown = [2, traceIdOf(2), spanIdOf(2)]
  assert.deepEqual(await exemplars(total), [[[1, traceIdOf(1), spanIdOf(1)], second, undefined]])
  assert.deepEqual(await exemplars(delta), [[undefined, second, undefined]])
})

test('PrometheusSerializer writes the same text with exemplars as without', async () => {
  const texts = await Promise.all(
    [contextOf(1), undefined].map(async (context) => {
      const { reader, histogram } = setUp()
      histogram.record(1, {}, context)
      return new PrometheusSerializer(undefined, false).serialize((await reader.collect()).resourceMetrics)
    }),
  )
  assert.equal(texts[0], texts[1])
})

test('series without exemplars have no memory for them', async () => {
  const SERIES = 20_000
  const attributes = Array.from({ length: SERIES }, (_, i) => Object.freeze({ i: String(i) }))
  const { histogram } = setUp(undefined, SERIES + 1)

  function grownBy(context: Context | undefined): number {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    for (const one of attributes) histogram.record(1, one, context)
    collectGarbage()
    return (process.memoryUsage().heapUsed - before) / SERIES
  }
  grownBy(undefined)
  const without = grownBy(undefined)
  const unsampled = grownBy(contextOf(1, { traceFlags: 0 }))
  const withThem = grownBy(contextOf(1))
  assert.ok(without < 8 && unsampled < 8, `${without} and ${unsampled} bytes a series`)
  // This shows that the measurement would notice them.
  assert.ok(withThem > 50, `${withThem} bytes a series`)
})
