import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Attributes, DiagLogLevel, diag, ValueType } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import { MeterProvider } from './provider.ts'
import { deltaReader, TestReader, values } from './testing/reader.ts'

function setUp(cardinalityLimit?: number, reader = new TestReader()) {
  const limit = cardinalityLimit === undefined ? {} : { cardinalityLimit }
  const provider = new MeterProvider({ resource: emptyResource(), readers: [reader], ...limit })
  return { reader, meter: provider.getMeter('test') }
}

test('an instrument drops what cannot be recorded, and never throws', async (t) => {
  t.after(() => diag.disable())
  const fail = () => {
    throw new Error('a logger that fails')
  }
  diag.setLogger({ error: fail, warn: fail, info: fail, debug: fail, verbose: fail }, DiagLogLevel.WARN)
  const { reader, meter } = setUp()
  const counter = meter.createCounter('c')
  const histogram = meter.createHistogram('h', { advice: { explicitBucketBoundaries: ['x'] as never } })
  for (const bad of [-1, 1n, '1', null, undefined, Symbol('1'), {}]) {
    counter.add(bad as number)
    histogram.record(bad as number)
    meter.createUpDownCounter('u').add(typeof bad === 'number' ? 0 : (bad as never))
  }
  const hostile = {
    get a(): string {
      throw new Error('a getter that fails')
    },
  }
  counter.add(1, hostile)
  counter.add(1, null as never)
  counter.add(1, 'text' as never)
  counter.add(1, { big: 1n, nested: { a: 1 }, kept: 'k' } as never)
  assert.deepEqual(await values(reader, 'c'), { '{}': 2, '{"kept":"k"}': 1 })
  assert.deepEqual(await values(reader, 'h'), {})
})

test('a counter of value type INT cuts fractions off', async () => {
  const { reader, meter } = setUp()
  const counter = meter.createCounter('c', { valueType: ValueType.INT })
  for (const value of [1.9, 2, Number.NaN, Number.POSITIVE_INFINITY]) counter.add(value)
  assert.deepEqual(await values(reader, 'c'), { '{}': 3 })
})

test('sums and histograms drop NaN and infinity, a gauge shows them', async () => {
  const { reader, meter } = setUp()
  const counter = meter.createCounter('c')
  const upDown = meter.createUpDownCounter('u')
  const histogram = meter.createHistogram('h', { advice: { explicitBucketBoundaries: [1] } })
  const gauge = meter.createGauge('g')
  meter.createObservableCounter('o').addCallback((result) => {
    for (const value of [1, Number.NaN, Number.POSITIVE_INFINITY]) result.observe(value)
  })
  for (const value of [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    counter.add(value)
    upDown.add(value)
    histogram.record(value)
    gauge.record(value)
  }
  for (const name of ['c', 'u', 'o']) assert.deepEqual(await values(reader, name), { '{}': 1 })
  const expected = { min: 1, max: 1, sum: 1, count: 1, buckets: { boundaries: [1], counts: [1, 0] } }
  assert.deepEqual(await values(reader, 'h'), { '{}': expected })
  assert.deepEqual(await values(reader, 'g'), { '{}': Number.NEGATIVE_INFINITY })
})

test('equal attributes are one series in any order of keys, and different attributes are not', async () => {
  const { reader, meter } = setUp()
  const counter = meter.createCounter('c')
  const different: Attributes[] = [
    { a: '1,b:2', b: '3' },
    { a: '1', b: '2,b:3' },
    { a: 1 },
    { a: '1' },
    { a: ['1'] },
    { a: '["1"]' },
    { a: [1] },
    { a: true },
    { a: 'true' },
    { a: ['1', '2'] },
    { a: ['1,2'] },
    { 'a1:s': '1' },
  ]
  for (const attributes of different) {
    counter.add(1, attributes)
    counter.add(1, Object.freeze({ ...attributes }))
    counter.add(1, Object.fromEntries(Object.entries(attributes).reverse()))
  }
  const read = await values(reader, 'c')
  assert.deepEqual(
    Object.values(read),
    different.map(() => 3),
  )
})

test('a series keeps its attributes when the caller changes its object later, even inside a frozen object', async () => {
  const { reader, meter } = setUp()
  const counter = meter.createCounter('c')
  const attributes: Attributes = { a: '1' }
  const list = ['x']
  const shallow = Object.freeze({ list })
  counter.add(1, attributes)
  counter.add(1, shallow)
  attributes.a = '2'
  list[0] = 'y'
  counter.add(1, attributes)
  counter.add(1, shallow)
  const series = ['{"a":"1"}', '{"list":["x"]}', '{"a":"2"}', '{"list":["y"]}']
  assert.deepEqual(await values(reader, 'c'), Object.fromEntries(series.map((key) => [key, 1])))
})

test('a frozen object with a getter is read at every record', async () => {
  const { reader, meter } = setUp()
  let calls = 0
  const computed = Object.freeze({
    get a() {
      return calls
    },
  })
  const counter = meter.createCounter('c')
  for (calls = 0; calls < 2; calls++) counter.add(1, computed)
  assert.deepEqual(await values(reader, 'c'), { '{"a":0}': 1, '{"a":1}': 1 })
})

test('the cardinality limit holds for the life of the process, also when deltas are read in between', async () => {
  const { reader, meter } = setUp(3, deltaReader())
  const counter = meter.createCounter('c')
  const overflowed = Object.freeze({ i: 9 })
  for (const attributes of [{ i: 0 }, { i: 1 }, { i: 2 }, overflowed]) counter.add(1, attributes)
  assert.deepEqual(await values(reader, 'c'), { '{"i":0}': 1, '{"i":1}': 1, '{"otel.metric.overflow":true}': 2 })
  for (const attributes of [{ i: 3 }, { i: 1 }, overflowed, { 'otel.metric.overflow': true }])
    counter.add(1, attributes)
  assert.deepEqual(await values(reader, 'c'), { '{"i":1}': 1, '{"otel.metric.overflow":true}': 3 })
})

test('names that differ only in case are one instrument, with the longer description', async () => {
  const { reader, meter } = setUp()
  const counter = meter.createCounter('Orders', { description: 'short' })
  assert.equal(meter.createCounter('orders', { description: 'a longer one' }), counter)
  assert.notEqual(meter.createCounter('orders', { unit: 'By' }), counter)
  counter.add(1)
  const { resourceMetrics } = await reader.collect()
  const { name, description } = resourceMetrics.scopeMetrics[0]?.metrics[0]?.descriptor ?? {}
  assert.deepEqual({ name, description }, { name: 'Orders', description: 'a longer one' })
})

test('instruments of one name that differ otherwise are reported, and each is exported', async (t) => {
  const warn = t.mock.fn((_message: string) => {})
  diag.setLogger({ warn, error() {}, info() {}, debug() {}, verbose() {} }, { suppressOverrideMessage: true })
  const reader = new TestReader()
  const meter = new MeterProvider({ resource: emptyResource(), readers: [reader] }).getMeter('test')
  meter.createCounter('size', { unit: 'By' }).add(1)
  meter.createCounter('size', { unit: 'KiBy' }).add(2)
  meter.createUpDownCounter('size', { unit: 'By' }).add(3)
  meter.createCounter('size', { unit: 'By', valueType: ValueType.INT }).add(4)
  meter.createCounter('size', { unit: 'By' }).add(10)
  diag.disable()
  assert.equal(warn.mock.callCount(), 3)
  for (const {
    arguments: [message],
  } of warn.mock.calls)
    assert.match(message, /^size .* both are exported$/)
  const { resourceMetrics } = await reader.collect()
  const metrics = resourceMetrics.scopeMetrics[0]?.metrics ?? []
  assert.deepEqual(
    metrics.map(({ descriptor, dataPoints }) => [descriptor.unit, descriptor.valueType, dataPoints[0]?.value]),
    [
      ['By', ValueType.DOUBLE, 11],
      ['KiBy', ValueType.DOUBLE, 2],
      ['By', ValueType.DOUBLE, 3],
      ['By', ValueType.INT, 4],
    ],
  )
})

test('a histogram counts a value on a boundary in the bucket below it, and NaN in no bucket', async () => {
  const { reader, meter } = setUp()
  const histogram = meter.createHistogram('h', {
    advice: { explicitBucketBoundaries: [10, 5, Number.POSITIVE_INFINITY] },
  })
  for (const value of [5, 5.1, 10, 11, Number.NaN]) histogram.record(value)
  const expected = { min: 5, max: 11, sum: 31.1, count: 4, buckets: { boundaries: [5, 10], counts: [1, 2, 1] } }
  assert.deepEqual(await values(reader, 'h'), { '{}': expected })
})
