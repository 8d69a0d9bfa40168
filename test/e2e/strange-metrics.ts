import { createScrapeEndpoint } from '@agentgateway-otel/exporter'
import { AggregationType, InstrumentType, MeterProvider } from '@opentelemetry/sdk-metrics'
import { HOSTILE_VALUES } from './hostile-app.ts'

/** What is true of a metric, whatever the format. */
export interface TrueFamily {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly unit: string
  readonly series: readonly TrueSeries[]
}

interface TrueSeries {
  readonly labels: Readonly<Record<string, string>>
  /** The value; of a histogram the sum, where it has one. */
  readonly value?: number
  /** A histogram's cumulative counts by upper bound. */
  readonly buckets?: readonly (readonly [bound: number, count: number])[]
}

const HELP = 'Says "quotes", \\ and \\n,\nand \r, \0, \u2028, 🎈 and } 1 # {}.'
const NUMBERS: readonly number[] = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1, 1e21, 5e-324, 0.1 + 0.2],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53 + 2, 1e-7, 123_456.789],
]
const VALUES: readonly string[] = [...HOSTILE_VALUES, 'x'.repeat(4096)]

/** Metrics beyond the table, by the names that they should have in the text format; written by hand. */
export const STRANGE_METRICS: Readonly<Record<string, TrueFamily>> = {
  strange_read_bytes_total: {
    type: 'counter',
    help: HELP,
    unit: 'bytes',
    series: [
      { labels: { a: 'x' }, value: 5 },
      { labels: { a: 'y' }, value: 1e21 },
      { labels: {}, value: 0.5 },
    ],
  },
  strange_level: { type: 'gauge', help: 'A level.', unit: '', series: [{ labels: { pool: 'a' }, value: -3 }] },
  strange_number: {
    type: 'gauge',
    help: 'Numbers.',
    unit: '',
    series: NUMBERS.map((value, i) => ({ labels: { case: String(i) }, value })),
  },
  strange_value: {
    type: 'gauge',
    help: 'description missing',
    unit: '',
    series: VALUES.filter((value) => VALUES.filter((other) => isSame(other, value)).length === 1).map((value) => ({
      labels: { value: value.toWellFormed() },
      value: 1,
    })),
  },
  strange_values_total: {
    type: 'counter',
    help: 'Counts values.',
    unit: '',
    series: [...new Set(VALUES.map((value) => value.toWellFormed()))].map((value) => ({
      labels: { value },
      value: VALUES.filter((other) => isSame(other, value)).length,
    })),
  },
  strange_keys_total: {
    type: 'counter',
    help: 'Counts keys.',
    unit: '',
    series: [
      { labels: { a_b: '1;2', _1st: 'true', _: '["x","y"]', exported_le: '3', exported_gateway: 'other' }, value: 1 },
    ],
  },
  strange_duration_seconds: {
    type: 'histogram',
    help: 'A duration.',
    unit: 'seconds',
    series: [
      {
        labels: { a: 'x' },
        value: 1000.75,
        buckets: [
          [0.001, 0],
          [0.5, 2],
          [1e6, 3],
          [1e21, 3],
          [Infinity, 3],
        ],
      },
    ],
  },
  strange_offset: {
    type: 'histogram',
    help: 'An offset.',
    unit: '',
    series: [
      {
        labels: {},
        buckets: [
          [-10, 1],
          [-0.5, 2],
          [0, 2],
          [2.5, 3],
          [Infinity, 4],
        ],
      },
    ],
  },
  strange_single: {
    type: 'histogram',
    help: 'No bounds.',
    unit: '',
    series: [{ labels: {}, value: 7, buckets: [[Infinity, 2]] }],
  },
}

function isSame(a: string, b: string): boolean {
  return a.toWellFormed() === b.toWellFormed()
}

export interface StrangeEndpoint {
  /** The URL of the metrics. */
  readonly url: string
  close(): Promise<void>
}

/** Serves the strange metrics, of several meters, beside the declared metrics of the table. */
export async function serveStrangeMetrics(): Promise<StrangeEndpoint> {
  const endpoint = createScrapeEndpoint({ onError: (error) => console.error(error) })
  const provider = new MeterProvider({
    readers: [endpoint.reader],
    // The only way to a histogram of negative values: the API's own histograms take none.
    views: [
      {
        instrumentName: 'strange.offset',
        instrumentType: InstrumentType.UP_DOWN_COUNTER,
        aggregation: {
          type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
          options: { boundaries: [-10, -0.5, 0, 2.5] },
        },
      },
    ],
  })
  const meter = provider.getMeter('strange')
  const other = provider.getMeter('other', '1.0')
  const read = meter.createCounter('strange.read', { description: HELP, unit: 'By' })
  read.add(5, { a: 'x' })
  read.add(1e21, { a: 'y' })
  read.add(0.5)
  meter.createUpDownCounter('strange.level', { description: 'A level.', unit: '{item}' }).add(-3, { pool: 'a' })
  const number = meter.createGauge('strange.number', { description: 'Numbers.' })
  for (const [i, value] of NUMBERS.entries()) number.record(value, { case: String(i) })
  const gauge = other.createGauge('strange.value')
  const counter = other.createCounter('strange.values', { description: 'Counts values.' })
  for (const value of VALUES) {
    gauge.record(1, { value })
    counter.add(1, { value })
  }
  other
    .createCounter('strange.keys', { description: 'Counts keys.' })
    .add(1, { 'a.b': 1, a_b: 2, '1st': true, '': ['x', 'y'], le: 3, gateway: 'other', empty: '' })
  const duration = meter.createHistogram('strange.duration', {
    description: 'A duration.',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.001, 0.5, 1e6, 1e21] },
  })
  for (const value of [0.25, 0.5, 1000]) duration.record(value, { a: 'x' })
  const offset = meter.createUpDownCounter('strange.offset', { description: 'An offset.' })
  for (const value of [-20, -1, 2, 7]) offset.add(value)
  const single = other.createHistogram('strange.single', {
    description: 'No bounds.',
    advice: { explicitBucketBoundaries: [] },
  })
  for (const value of [3, 4]) single.record(value)
  const { url } = await endpoint.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => endpoint.close() }
}
