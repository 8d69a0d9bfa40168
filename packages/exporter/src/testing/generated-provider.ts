import { type Attributes, type Meter, type MetricOptions, ValueType } from '@opentelemetry/api'
import { AggregationType, MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { ScrapeReader } from '../series/scrape-reader.ts'

const KINDS = ['counter', 'upDownCounter', 'gauge', 'histogram'] as const

/** Strings of any UTF-16, with many that are the same, and that mean something to a parser. */
const textOf = (...often: readonly string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...often) },
    {
      weight: 1,
      arbitrary: fc.array(fc.nat(0xffff), { maxLength: 5 }).map((codes) => String.fromCharCode(...codes)),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
  )

const strangeName = textOf(
  ...['a', 'a.b', 'a_b', 'b', 'b_total', 'b.total', 'c.seconds', 'c_bytes_total', 'h', 'h_count', 'h_sum', 'h_bucket'],
  ...['b_created', '1st', '', '_', '.', 'total', '_total', 'a\nb', 'größe', 'a:b', 'exponential', 'exponential.a'],
)
/** Most names and keys are ordinary ones: the strange ones often exclude each other. */
const name = fc.oneof(
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z]{4,8}[._-]?[A-Z]{0,4}\d?$/) },
  { weight: 1, arbitrary: strangeName },
)
const unit = fc.constantFrom('', '', 's', 'By', '1', 'ms', '{request}', 'ratio', 'constructor')
const description = textOf('', 'A thing.', 'Says "x",\nand \\n.', '\\', '\n', ' ', '# TYPE a counter')
const strangeKey = textOf(
  ...[
    'x',
    'y',
    'a.b',
    'a_b',
    'a-b',
    '1st',
    '',
    '_',
    'le',
    'quantile',
    'gateway',
    'process',
    '__proto__',
    'constructor',
  ],
)
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('x', 'y', 'z', 'long.key') },
  { weight: 1, arbitrary: strangeKey },
)
const string = textOf(
  '',
  'v',
  '1',
  'true',
  '"',
  '\\',
  '\n',
  '\r',
  '\\n',
  'm\ud800',
  'm\ud801',
  'm\ufffd',
  '",x="',
  '🎈',
)
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, 1, 1e21, 5e-324, Number.MAX_VALUE, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN),
)
const attribute: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: string },
  { weight: 1, arbitrary: fc.oneof(number, fc.boolean(), fc.constant(undefined), fc.constant(null)) },
  { weight: 1, arbitrary: fc.array(fc.oneof(string, number, fc.constant(null)), { maxLength: 3 }) },
)
const attributes = fc
  .array(fc.tuple(key, attribute), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries) as Attributes)
const bounds = fc
  .uniqueArray(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -9, max: 9 })), { maxLength: 5 })
  .map((values) => values.sort((a, b) => a - b))

const instrument = fc.record({
  kind: fc.constantFrom(...KINDS),
  scope: fc.nat(2),
  name,
  unit,
  description,
  isWhole: fc.boolean(),
  bounds: fc.option(bounds, { nil: undefined }),
  records: fc.array(fc.tuple(number, attributes), { maxLength: 6 }),
})
type Instrument = typeof instrument extends fc.Arbitrary<infer I> ? I : never

/** What an app may record with OpenTelemetry's API, however strange. */
export const generatedInstruments = fc.array(instrument, { maxLength: 8 })

/** Records it, and collects. */
export const collectGenerated = (instruments: readonly Instrument[]): Promise<ResourceMetrics> =>
  collectFrom((meters) => {
    for (const { scope, ...one } of instruments) recordAll(meters[scope] as Meter, one)
  })

function recordAll(
  meter: Meter,
  { kind, name, unit, description, isWhole, bounds, records }: Omit<Instrument, 'scope'>,
) {
  const options: MetricOptions = {
    unit,
    description,
    valueType: isWhole ? ValueType.INT : ValueType.DOUBLE,
    ...(bounds === undefined ? {} : { advice: { explicitBucketBoundaries: bounds } }),
  }
  if (kind === 'gauge' || kind === 'histogram') {
    const one = kind === 'gauge' ? meter.createGauge(name, options) : meter.createHistogram(name, options)
    for (const [value, attributes] of records) one.record(value, attributes)
  } else {
    const one = kind === 'counter' ? meter.createCounter(name, options) : meter.createUpDownCounter(name, options)
    for (const [value, attributes] of records) one.add(value, attributes)
  }
}

/** Collects what is recorded with three meters of a provider of its own. */
export async function collectFrom(record: (meters: readonly Meter[]) => void): Promise<ResourceMetrics> {
  const reader = new ScrapeReader()
  const provider = new MeterProvider({
    readers: [reader],
    views: [{ instrumentName: 'exponential*', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  })
  record([provider.getMeter('first'), provider.getMeter('second', '2.0'), provider.getMeter('third')])
  return (await reader.collect()).resourceMetrics
}
