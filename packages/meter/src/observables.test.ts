import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BatchObservableCallback, ObservableCallback } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import { MeterProvider } from './provider.ts'
import { collect, deltaReader, TestReader, values } from './testing/reader.ts'

function setUp(cardinalityLimit = 2000) {
  const total = new TestReader()
  const delta = deltaReader()
  const provider = new MeterProvider({ resource: emptyResource(), readers: [total, delta], cardinalityLimit })
  return { total, delta, meter: provider.getMeter('test') }
}

test('a collection shows what its own callbacks observed, and nothing older', async () => {
  const { total, delta, meter } = setUp()
  let series = ['a', 'b']
  meter.createObservableGauge('g').addCallback((result) => {
    for (const s of series) result.observe(s.length, { s })
  })
  assert.deepEqual(await values(total, 'g'), { '{"s":"a"}': 1, '{"s":"b"}': 1 })
  series = ['b']
  assert.deepEqual(await values(total, 'g'), { '{"s":"b"}': 1 })
  series = []
  assert.deepEqual(await values(delta, 'g'), {})
})

test('a delta reader gets what was observed since it read, and all of the total when a counter fell', async () => {
  const { total, delta, meter } = setUp()
  let value = 10
  meter.createObservableCounter('c').addCallback((result) => result.observe(value))
  meter.createObservableUpDownCounter('u').addCallback((result) => result.observe(value))
  assert.deepEqual([await values(delta, 'c'), await values(delta, 'u')], [{ '{}': 10 }, { '{}': 0 }])
  value = 14
  assert.deepEqual(await values(total, 'c'), { '{}': 14 })
  assert.deepEqual(await values(delta, 'c'), { '{}': 4 })
  value = 3
  assert.deepEqual(await values(delta, 'c'), { '{}': 3 })
  assert.deepEqual(await values(delta, 'u'), { '{}': 0 })
})

test('what a callback throws is among the errors, and what the others observed is exported', async () => {
  const { total, meter } = setUp()
  const gauge = meter.createObservableGauge('g')
  const failure = new Error('a callback that fails')
  gauge.addCallback((result) => {
    result.observe(1, { from: 'failed' })
    throw failure
  })
  gauge.addCallback(async (result) => result.observe(2, { from: 'other' }))
  assert.deepEqual(await values(total, 'g'), { '{"from":"other"}': 2 })
  assert.deepEqual((await total.collect()).errors, [failure])
})

test('a callback that does not settle is cut off, and what it observes later is ignored', async () => {
  const { total, meter } = setUp(3)
  const late: Parameters<ObservableCallback>[0][] = []
  const gauge = meter.createObservableGauge('g')
  gauge.addCallback((result) => {
    late.push(result)
    return new Promise<void>(() => {})
  })
  let own = 'a'
  gauge.addCallback((result) => result.observe(1, { own }))
  const collectSoon = async () => {
    // The collection's own timer keeps no process alive.
    const alive = setTimeout(() => {}, 60_000)
    const { resourceMetrics, errors } = await total.collect({ timeoutMillis: 5 })
    clearTimeout(alive)
    assert.equal((errors[0] as Error).name, 'TimeoutError')
    return resourceMetrics.scopeMetrics[0]?.metrics[0]?.dataPoints.map(({ attributes }) => attributes)
  }
  assert.deepEqual(await collectSoon(), [{ own: 'a' }])
  late[0]?.observe(9, { late: true })
  own = 'b'
  const during = collectSoon()
  late[0]?.observe(9, { late: true })
  // The late value is not collected, and takes none of the two series that the limit leaves.
  assert.deepEqual(await during, [{ own: 'b' }])
})

test('two collections at the same time never mix what they observe', async () => {
  const { total, delta, meter } = setUp()
  const waiting: (() => void)[] = []
  let call = 0
  meter.createObservableGauge('g').addCallback(async (result) => {
    const mine = ++call
    result.observe(mine, { call: mine })
    await new Promise<void>((resolve) => waiting.push(resolve))
  })
  const both = [values(total, 'g'), values(delta, 'g')]
  for (const resolve of waiting.reverse()) resolve()
  assert.deepEqual(await Promise.all(both), [{ '{"call":1}': 1 }, { '{"call":2}': 2 }])
})

test('a batch callback is called once for all its instruments, until it is removed', async () => {
  const { total, meter } = setUp()
  const one = meter.createObservableGauge('one')
  const two = meter.createObservableCounter('two')
  const stranger = meter.createObservableGauge('stranger')
  let calls = 0
  const callback: BatchObservableCallback = (result) => {
    calls++
    result.observe(one, 1)
    result.observe(two, -2)
    result.observe(two, 2, { a: 1 })
    result.observe(stranger, 3)
    result.observe({} as never, 4)
  }
  meter.addBatchObservableCallback(callback, [one, two])
  meter.addBatchObservableCallback(callback, [two, one])
  meter.addBatchObservableCallback(callback, [{} as never])
  const { resourceMetrics } = await total.collect()
  const seen = resourceMetrics.scopeMetrics[0]?.metrics.map((it) => [it.descriptor.name, it.dataPoints[0]?.value])
  assert.deepEqual(seen, [
    ['one', 1],
    ['two', 2],
  ])
  assert.equal(calls, 1)
  meter.removeBatchObservableCallback(callback, [two, one])
  await total.collect()
  assert.equal(calls, 1)
})

test('the overflow series is the sum of the series that share it, one observed twice counted once', async () => {
  const { total, meter } = setUp(2)
  meter.createObservableCounter('c').addCallback((result) => {
    for (const [i, value] of [
      [0, 1],
      [1, 10],
      [2, 100],
      [2, 200],
    ] as const)
      result.observe(value, { i })
  })
  const expected = { '{"i":0}': 1, '{"otel.metric.overflow":true}': 210 }
  assert.deepEqual(await values(total, 'c'), expected)
  assert.deepEqual(await values(total, 'c'), expected)
})

test('a collection that a later one of the same delta reader overtook gets nothing', async () => {
  const { delta, meter } = setUp()
  const waiting: (() => void)[] = []
  let value = 10
  meter.createObservableCounter('c').addCallback(async (result) => {
    result.observe(value)
    await new Promise<void>((resolve) => waiting.push(resolve))
  })
  const first = values(delta, 'c')
  value = 12
  const second = values(delta, 'c')
  waiting[1]?.()
  assert.deepEqual(await second, { '{}': 12 })
  waiting[0]?.()
  assert.deepEqual(await first, {})
})

test('an observed total starts with the instrument, or at the last collection without its series', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 })
  const { total, meter } = setUp()
  const series = [0]
  meter.createObservableCounter('c').addCallback((result) => {
    for (const i of series) result.observe(i, { i })
  })
  t.mock.timers.setTime(2_000)
  await collect(total)
  series.push(1)
  t.mock.timers.setTime(3_000)
  const starts = (await collect(total)).c?.map((point) => point.startTime)
  assert.deepEqual(starts, [
    [1, 0],
    [2, 0],
  ])
})
