import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attributes, Meter, MeterProvider as MeterProviderApi } from '@opentelemetry/api'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { emptyResource } from '@opentelemetry/resources'
import { type ResourceMetrics, MeterProvider as SdkProvider } from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { MeterProvider } from './provider.ts'
import { deltaReader, TestReader } from './testing/reader.ts'

// The generated actions avoid what the SDK and this provider do differently:
// - Values are eighths of small whole numbers. Sums of other values round differently when they are added in another
//   order:
// - No value is infinite or NaN. The SDK adds it to the total, which stays so from then on; this provider drops it.
// - Observables observe every series at every collection. The SDK goes on exporting series that were not observed.
// - Observed counters never fall. The SDK sees what other readers' collections observed, so it also sees falls in
//   between.
// - Observed counters are never negative. The SDK exports a 0 for such a value, this provider nothing.
// - No two names differ in case alone. The SDK creates two instruments for such names.
// - There are no more series than the limit. The SDK's limit holds for one interval only.
// - Attributes come in one order of keys. The SDK's labels have the order of each interval's first record.
// - Attributes are changed after a record for this provider only. The SDK keeps the caller's object.
// - Timestamps, the order of series, and the SDK's undocumented `type` and `advice` in a descriptor are not compared.

const POOL: readonly (Attributes | undefined)[] = [
  undefined,
  {},
  { a: '1' },
  { a: 1 },
  { a: true },
  { a: ['1', '2'] },
  { a: '["1","2"]' },
  { a: '1,b:2', b: '3' },
  { a: '1', b: '2,b:3' },
  { a: undefined },
]
const FROZEN = POOL.map((attributes) => attributes && Object.freeze({ ...attributes }))
const KINDS = ['counter', 'upDownCounter', 'gauge', 'histogram'] as const
const OBSERVABLE_KINDS = ['ObservableCounter', 'ObservableUpDownCounter', 'ObservableGauge'] as const

const value = fc.integer({ min: -80, max: 800 }).map((eighths) => eighths / 8)
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      kind: fc.constantFrom(...KINDS),
      instrument: fc.nat(1),
      whole: fc.boolean(),
      attributes: fc.nat(POOL.length - 1),
      frozen: fc.boolean(),
      mutated: fc.boolean(),
      value,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('observable' as const),
      kind: fc.constantFrom(...OBSERVABLE_KINDS),
      values: fc.array(fc.nat(80), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('collect' as const), reader: fc.constantFrom(0, 1, 2) }) },
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

test('MeterProvider produces the same data points and Prometheus text as sdk-metrics, cumulative and delta', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (actions) => {
      const ours = await play(actions, (readers) => new MeterProvider({ resource: emptyResource(), readers }), true)
      const theirs = await play(actions, (readers) => new SdkProvider({ resource: emptyResource(), readers }))
      assert.deepEqual(ours, theirs)
    }),
    { numRuns: 200 },
  )
})

async function play(
  actions: readonly Action[],
  createProvider: (readers: TestReader[]) => MeterProviderApi,
  copies = false,
) {
  const readers = [new TestReader(), deltaReader(), deltaReader()]
  const meter = createProvider(readers).getMeter('test', '1.0', { schemaUrl: 'urn:test' })
  const totals = new Map<string, number[]>()
  const collected: unknown[] = []
  for (const step of [...actions, ...readers.map((_, reader) => ({ do: 'collect', reader }) as const)]) {
    if (step.do === 'record') record(meter, step, copies)
    else if (step.do === 'observable') observe(meter, step, totals)
    else collected.push(normalize((await (readers[step.reader] as TestReader).collect()).resourceMetrics))
  }
  return collected
}

function record(meter: Meter, step: Extract<Action, { do: 'record' }>, copies: boolean) {
  const { [step.attributes]: template } = POOL
  const own: Attributes | undefined = template && { ...template }
  const attributes = step.frozen ? FROZEN[step.attributes] : own
  const name = `${step.kind}_${step.instrument}`
  const options = { description: `a ${name}`, unit: 'By', valueType: step.whole ? 0 : 1 }
  if (step.kind === 'counter') meter.createCounter(name, options).add(step.value, attributes)
  else if (step.kind === 'upDownCounter') meter.createUpDownCounter(name, options).add(step.value, attributes)
  else if (step.kind === 'gauge') meter.createGauge(name, options).record(step.value, attributes)
  else {
    const advice = { explicitBucketBoundaries: [10, 1, 5] }
    meter.createHistogram(name, step.instrument === 0 ? { ...options, advice } : options).record(step.value, attributes)
  }
  if (copies && step.mutated && own !== undefined) own.a = 'changed later'
}

function observe(meter: Meter, step: Extract<Action, { do: 'observable' }>, totals: Map<string, number[]>) {
  let values = totals.get(step.kind)
  if (values === undefined) {
    values = [0, 0, 0, 0]
    totals.set(step.kind, values)
    const observed = values
    meter[`create${step.kind}`](step.kind).addCallback((result) => {
      for (const [i, total] of observed.entries()) result.observe(total, { series: String(i) })
    })
  }
  for (const [i, eighths] of step.values.entries()) {
    const before = values[i] as number
    values[i] = step.kind === 'ObservableCounter' ? before + eighths / 8 : eighths / 8 - 5
  }
}

const serializer = new PrometheusSerializer()

function normalize(resourceMetrics: ResourceMetrics) {
  const metrics = resourceMetrics.scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.map(({ descriptor, dataPoints, ...metric }) => {
      const { name, description, unit, valueType } = descriptor
      const points = dataPoints.map(({ attributes, value }) => ({ attributes: { ...attributes }, value }))
      return { scope: { ...scope }, name, description, unit, valueType, ...metric, points: points.sort(byAttributes) }
    }),
  )
  return {
    metrics: metrics.sort((a, b) => compare(`${a.name}${a.valueType}`, `${b.name}${b.valueType}`)),
    text: serializer.serialize(resourceMetrics).split('\n').sort(),
  }
}

const byAttributes = (a: { attributes: Attributes }, b: { attributes: Attributes }) => compare(keyOf(a), keyOf(b))
const keyOf = (point: { attributes: Attributes }) =>
  JSON.stringify(Object.entries(point.attributes).sort(([a], [b]) => compare(a, b)))
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
