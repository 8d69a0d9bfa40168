import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Attributes, MeterProvider as MeterProviderApi } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  type AggregationOption,
  AggregationTemporality,
  AggregationType,
  DataPointType,
  type ExponentialHistogram,
  InstrumentType,
  MeterProvider as SdkProvider,
} from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { MeterProvider } from './provider.ts'
import { collect, TestReader } from './testing/reader.ts'

const resource = emptyResource()

/** A reader that aggregates counters, up-down counters and histograms in this way, and other kinds by default. */
function readerOf(option: AggregationOption, temporality = AggregationTemporality.CUMULATIVE): TestReader {
  const kinds = [InstrumentType.COUNTER, InstrumentType.UP_DOWN_COUNTER, InstrumentType.HISTOGRAM]
  return new TestReader({
    aggregationSelector: (kind) => (kinds.includes(kind) ? option : { type: AggregationType.DEFAULT }),
    aggregationTemporalitySelector: () => temporality,
  })
}

const EXPONENTIAL: AggregationOption = { type: AggregationType.EXPONENTIAL_HISTOGRAM }

/** Numbers of all magnitudes, with those at which buckets begin and end. */
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent),
  fc.constantFrom(0, Number.MIN_VALUE, Number.MAX_VALUE / 2 ** 60, 2 ** -1022, 2 ** -1022 - 2 ** -1074),
)

const option = fc.oneof(
  fc.record({
    type: fc.constant(AggregationType.EXPONENTIAL_HISTOGRAM as const),
    options: fc.record({ maxSize: fc.integer({ min: 2, max: 200 }), recordMinMax: fc.boolean() }),
  }),
  fc.constant(EXPONENTIAL),
)

/** Records the values in a histogram and in an up-down counter, and returns what the reader collects. */
async function exponentialHistograms(provider: MeterProviderApi, reader: TestReader, values: readonly number[]) {
  const meter = provider.getMeter('test')
  const histogram = meter.createHistogram('histogram')
  const upDownCounter = meter.createUpDownCounter('upDownCounter')
  for (const value of values) {
    histogram.record(value)
    upDownCounter.add(value)
  }
  const collected = await collect(reader)
  return ['histogram', 'upDownCounter'].map((name) => collected[name]?.[0]?.value as ExponentialHistogram | undefined)
}

/** Returns whether the counts of all buckets make up the count. */
function isWhole(histogram: ExponentialHistogram | undefined): boolean {
  if (histogram === undefined) return true
  const { count, zeroCount, positive, negative } = histogram
  return count === [...positive.bucketCounts, ...negative.bucketCounts].reduce((a, b) => a + b, zeroCount)
}

/** The SDK has fields that are undefined. */
const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

describe('aggregations that a reader selects', () => {
  it('produce the exponential histograms of sdk-metrics, for values of all magnitudes and of both signs', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 40 }), option, async (values, option) => {
        const [ourReader, theirReader] = [readerOf(option), readerOf(option)]
        const ourProvider = new MeterProvider({ resource, readers: [ourReader] })
        const ours = await exponentialHistograms(ourProvider, ourReader, values)
        const theirs = await exponentialHistograms(new SdkProvider({ readers: [theirReader] }), theirReader, values)
        for (const [i, our] of ours.entries()) {
          assert.ok(isWhole(our))
          // A few times in thousands, the SDK counts a value in a bucket outside of its array, and has a count of NaN.
          if (!isWhole(theirs[i])) continue
          assert.deepEqual(withoutUndefined(our), withoutUndefined(theirs[i]))
          compared++
        }
      }),
      { numRuns: 500 },
    )
    assert.ok(compared > 900, `only ${compared} of 1,000 histograms were compared`)
  })

  const eighths = fc.integer({ min: 1, max: 8_000 }).map((n) => n / 8)
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ value: eighths, attributes: fc.constantFrom({}, { a: '1' }) }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, 2) },
  )
  const OPTIONS: readonly AggregationOption[] = [
    EXPONENTIAL,
    { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 8, recordMinMax: false } },
    { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM },
    { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [100, Number.POSITIVE_INFINITY, 10] } },
    { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [], recordMinMax: false } },
    { type: AggregationType.DROP },
  ]
  for (const option of OPTIONS) {
    it(`produce what sdk-metrics does beside a reader of the default ones: ${JSON.stringify(option)}`, async () => {
      const run = async (createProvider: (readers: TestReader[]) => MeterProviderApi, steps: readonly Step[]) => {
        const readers = [new TestReader(), readerOf(option), readerOf(option, AggregationTemporality.DELTA)]
        const meter = createProvider(readers).getMeter('test')
        const counter = meter.createCounter('counter')
        const histogram = meter.createHistogram('histogram', { advice: { explicitBucketBoundaries: [20, 200] } })
        const collected: unknown[] = []
        for (const step of [...steps, 0, 1, 2]) {
          if (typeof step === 'number') collected.push(await dataOf(readers[step]))
          else {
            counter.add(step.value, step.attributes)
            histogram.record(step.value, step.attributes)
          }
        }
        return collected
      }
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const ours = await run((readers) => new MeterProvider({ resource, readers }), steps)
          const theirs = await run((readers) => new SdkProvider({ readers }), steps)
          assert.deepEqual(ours, theirs)
        }),
      )
    })
  }

  for (const [maxSize, used] of [
    [-1, 2],
    [Number.NaN, 2],
    [Number.POSITIVE_INFINITY, 10_000],
  ] as const) {
    it(`have ${used} buckets for each sign at most where a reader selects ${maxSize}`, async () => {
      const reader = readerOf({ type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize } })
      const histogram = new MeterProvider({ resource, readers: [reader] }).getMeter('test').createHistogram('sizes')
      histogram.record(1)
      histogram.record(Number.MAX_VALUE)
      histogram.record(Number.MIN_VALUE)
      const histograms = (await collect(reader)).sizes?.map(({ value }) => value as ExponentialHistogram)
      const size = histograms?.[0]?.positive.bucketCounts.length ?? 0
      assert.ok(size <= used && size > used / 2, String(size))
    })
  }

  it('give a reader of histograms their sums alone', async () => {
    const reader = new TestReader({
      aggregationSelector: (kind) => ({ type: kind === InstrumentType.HISTOGRAM ? AggregationType.SUM : 0 }),
    })
    const histogram = new MeterProvider({ resource, readers: [reader] }).getMeter('test').createHistogram('sizes')
    histogram.record(2)
    histogram.record(3)
    const { resourceMetrics } = await reader.collect()
    const [metric] = resourceMetrics.scopeMetrics[0]?.metrics ?? []
    assert.equal(metric?.dataPointType, DataPointType.SUM)
    assert.equal(metric?.isMonotonic, true)
    assert.equal(metric?.dataPoints[0]?.value, 5)
  })
})

type Step = number | { readonly value: number; readonly attributes: Attributes }

/** Collects, and returns what does not depend on the time, as JSON has it. */
async function dataOf(reader: TestReader | undefined) {
  const { resourceMetrics } = (await reader?.collect()) ?? {}
  const metrics = resourceMetrics?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
  return withoutUndefined(
    metrics.map(({ descriptor: { name }, dataPoints, ...metric }) => ({
      ...{ name, ...metric },
      points: dataPoints
        .map(({ attributes, value }) => ({ attributes, value }))
        .sort((a, b) => JSON.stringify(a.attributes).localeCompare(JSON.stringify(b.attributes))),
    })),
  )
}
