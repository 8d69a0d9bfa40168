import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diag } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { MeterProvider, type MeterProviderOptions } from './provider.ts'
import { collect, deltaReader, TestReader } from './testing/reader.ts'

const resource = resourceFromAttributes({ 'service.name': 'test' })

test('PrometheusExporter and PeriodicExportingMetricReader read one provider, totals and deltas', async () => {
  const prometheus = new PrometheusExporter({ preventServerStart: true })
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA)
  const periodic = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ resource, readers: [prometheus, periodic] })
  const meter = provider.getMeter('test')
  const counter = meter.createCounter('orders')
  const histogram = meter.createHistogram('size', { advice: { explicitBucketBoundaries: [10] } })
  counter.add(2, { state: 'paid' })
  histogram.record(3)
  await provider.forceFlush()
  counter.add(5, { state: 'paid' })
  histogram.record(30)
  await provider.forceFlush()

  const { resourceMetrics, errors } = await prometheus.collect()
  assert.deepEqual(errors, [])
  const text = new PrometheusSerializer('', false, undefined, false, true).serialize(resourceMetrics)
  assert.match(text, /^orders_total\{state="paid"\} 7$/m)
  assert.match(text, /^size_bucket\{le="10"\} 1$/m)
  assert.match(text, /^size_sum 33$/m)
  assert.match(text, /^target_info\{service_name="test"\} 1$/m)
  const exported = exporter
    .getMetrics()
    .map(({ scopeMetrics }) => scopeMetrics[0]?.metrics.map((it) => it.dataPoints[0]))
  assert.deepEqual(
    exported.map((points) => points?.map((point) => point?.value)),
    [
      [2, { min: 3, max: 3, sum: 3, count: 1, buckets: { boundaries: [10], counts: [1, 0] } }],
      [5, { min: 30, max: 30, sum: 30, count: 1, buckets: { boundaries: [10], counts: [0, 1] } }],
    ],
  )
  assert.deepEqual(exported[1]?.[0]?.startTime, exported[0]?.[0]?.endTime)
  await provider.shutdown()
})

test('getMeter returns one meter for one scope, and one that does nothing after shutdown', async () => {
  const provider = new MeterProvider({ resource, readers: [new TestReader()] })
  const meter = provider.getMeter('a', '1', { schemaUrl: 'urn:x' })
  assert.equal(provider.getMeter('a', '1', { schemaUrl: 'urn:x' }), meter)
  assert.notEqual(provider.getMeter('a', '1'), meter)
  assert.notEqual(provider.getMeter('a:1', ''), provider.getMeter('a', '1:'))
  await provider.shutdown()
  await provider.shutdown()
  provider.getMeter('a').createCounter('later').add(1)
})

test('MeterProvider refuses views, a reader of another provider, and a limit of 0', () => {
  const options = { resource, readers: [], views: [{ instrumentName: 'orders', name: 'renamed' }] }
  assert.throws(() => new MeterProvider(options), /no views/)
  new MeterProvider({ ...options, views: [] } as MeterProviderOptions)
  const bound = new TestReader()
  new MeterProvider({ resource, readers: [bound] })
  assert.throws(() => new MeterProvider({ resource, readers: [bound] }), /bound/)
  assert.throws(() => new MeterProvider({ resource, readers: [], cardinalityLimit: 0 }), RangeError)
})

test('an aggregation that a kind of instrument cannot have is reported, and the kind has its default one', async (t) => {
  const warn = t.mock.fn((_message: string) => {})
  diag.setLogger({ warn, error() {}, info() {}, debug() {}, verbose() {} })
  const reader = new TestReader({ aggregationSelector: () => ({ type: AggregationType.SUM }) })
  const meter = new MeterProvider({ resource, readers: [reader] }).getMeter('test')
  diag.disable()
  assert.deepEqual(
    warn.mock.calls.map(({ arguments: [message] }) => message),
    ['GAUGE', 'OBSERVABLE_GAUGE'].map(
      (kind) => `TestReader selects aggregation SUM for ${kind}, which cannot have it; the default one is used`,
    ),
  )
  meter.createGauge('level').record(7)
  meter.createGauge('level').record(5)
  assert.equal((await collect(reader)).level?.[0]?.value, 5)
})

test('forceFlush and shutdown reach every reader with the options, and reject when one of them does', async () => {
  const calls: unknown[] = []
  class CountingReader extends TestReader {
    readonly #name: string
    constructor(name: string) {
      super()
      this.#name = name
    }
    override async forceFlush(options?: object) {
      calls.push([this.#name, 'forceFlush', options])
      if (this.#name === 'failing') throw new Error('not flushed')
    }
    override async shutdown(options?: object) {
      calls.push([this.#name, 'shutdown', options])
      if (this.#name === 'failing') throw new Error('not shut down')
    }
  }
  const readers = [new CountingReader('failing'), new CountingReader('other')]
  const provider = new MeterProvider({ resource, readers })
  const options = { timeoutMillis: 1234 }
  await assert.rejects(provider.forceFlush(options), /not flushed/)
  await assert.rejects(provider.shutdown(options), /not shut down/)
  // A provider is shut down once, and has nothing to flush from then on.
  await provider.forceFlush()
  await provider.shutdown()
  assert.deepEqual(calls, [
    ['failing', 'forceFlush', options],
    ['other', 'forceFlush', options],
    ['failing', 'shutdown', options],
    ['other', 'shutdown', options],
  ])
})

test('instruments go on without an exception after shutdown, and a reader that was shut down collects nothing', async () => {
  const reader = new TestReader()
  const provider = new MeterProvider({ resource, readers: [reader] })
  const counter = provider.getMeter('test').createCounter('orders')
  await provider.shutdown()
  counter.add(1)
  await assert.rejects(reader.collect(), /shutdown/)
})

test('a total starts with the first record of its series, a delta where the interval before ended', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 })
  const total = new TestReader()
  const delta = deltaReader()
  const counter = new MeterProvider({ resource, readers: [total, delta] }).getMeter('test').createCounter('c')
  t.mock.timers.setTime(2_500)
  counter.add(1, { born: 'first' })
  t.mock.timers.setTime(3_000)
  assert.deepEqual((await collect(delta)).c?.[0]?.startTime, [1, 0])
  t.mock.timers.setTime(4_000)
  counter.add(1, { born: 'later' })
  counter.add(1, { born: 'first' })
  t.mock.timers.setTime(5_000)
  const deltas = (await collect(delta)).c ?? []
  const totals = (await collect(total)).c ?? []
  assert.deepEqual(
    deltas.map((point) => point.startTime),
    [
      [3, 0],
      [3, 0],
    ],
  )
  assert.deepEqual(
    totals.map((point) => point.startTime),
    [
      [2, 500_000_000],
      [4, 0],
    ],
  )
  assert.deepEqual(totals[0]?.endTime, [5, 0])
})
