import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Meter } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { MeterProvider } from '../provider.ts'
import { TestReader } from '../testing/reader.ts'
import { deltasOf, mergeDeltas } from './deltas.ts'

const EXPONENTIAL = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const
const DEFAULT = { type: AggregationType.DEFAULT } as const

const deltaReader = (histogram: typeof EXPONENTIAL | typeof DEFAULT) =>
  new TestReader({
    aggregationSelector: (kind) => (kind === InstrumentType.HISTOGRAM ? histogram : DEFAULT),
    aggregationTemporalitySelector: (kind) =>
      kind === InstrumentType.UP_DOWN_COUNTER ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA,
  })

const NOTHING: ResourceMetrics = { resource: emptyResource(), scopeMetrics: [] }

/** Multiples of an eighth, whose sums are exact in any order, of all magnitudes. */
const value = fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: -3, max: 12 })).map(([n, e]) => n * 2 ** e)
const measurement = fc.record({ value, attributes: fc.constantFrom({}, { a: '1' }, { b: '1', a: '2' }) })

function record(meter: Meter, { value, attributes }: { value: number; attributes: Record<string, string> }) {
  meter.createCounter('counter').add(value, { ...attributes })
  meter.createUpDownCounter('upDownCounter').add(value, { ...attributes })
  meter.createGauge('gauge').record(value, { ...attributes })
  meter.createHistogram('histogram').record(value, { ...attributes })
}

/** Returns what there is of each series, in an order of its own. */
const contentOf = ({ scopeMetrics }: ResourceMetrics) =>
  scopeMetrics
    .flatMap(({ scope, metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints, ...metric }) =>
        dataPoints.map(({ attributes, value, startTime, endTime }) => ({
          ...{ scope: scope.name, name: descriptor.name, ...metric, attributes, value, startTime, endTime },
        })),
      ),
    )
    .sort((a, b) => keyOf(a).localeCompare(keyOf(b)))
const keyOf = ({ name, attributes }: { name: string; attributes: object }) => name + JSON.stringify(attributes)

describe('mergeDeltas', () => {
  for (const [name, histogram] of Object.entries({ explicit: DEFAULT, exponential: EXPONENTIAL })) {
    it(`gives the deltas of several collections as one collection has them, with ${name} histograms`, async (t) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(measurement, { maxLength: 8 }), { maxLength: 5 }), async (intervals) => {
          t.mock.timers.enable({ apis: ['Date'], now: 1_000 })
          const [often, once] = [deltaReader(histogram), deltaReader(histogram)]
          const provider = new MeterProvider({ resource: emptyResource(), readers: [often, once] })
          const meter = provider.getMeter('test')
          let merged = NOTHING
          for (const measurements of intervals) {
            for (const each of measurements) record(meter, each)
            t.mock.timers.tick(1_000)
            merged = mergeDeltas(merged, deltasOf((await often.collect()).resourceMetrics) ?? NOTHING)
          }
          const all = deltasOf((await once.collect()).resourceMetrics)
          t.mock.timers.reset()
          const expected = all === undefined ? [] : contentOf(all)
          // The merged points begin and end with what they have.
          const withoutTimes = ({ startTime, endTime, ...content }: ReturnType<typeof contentOf>[number]) => content
          assert.deepEqual(contentOf(merged).map(withoutTimes), expected.map(withoutTimes))
          for (const { startTime, endTime } of contentOf(merged)) assert.ok(startTime[0] < endTime[0])
        }),
        { numRuns: 200 },
      )
    })
  }
})
