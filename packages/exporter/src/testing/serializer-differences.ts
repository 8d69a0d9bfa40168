import type { Meter } from '@opentelemetry/api'
import { type DataPoint, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'

/**
 * Where our text is another one than that of `PrometheusSerializer` of `@opentelemetry/exporter-prometheus` 0.301.0, and
 * why. Two more differences change nothing for a scraper: an empty label is left out, and a metric without series, such
 * as an exponential histogram, has no HELP and TYPE. A test runs each example, and fails when the serializer does as we
 * do, so that the entry can go.
 */
export interface Difference {
  readonly what: string
  readonly why: string
  /** Whether the difference is one of this metric, beside all metrics. */
  affects(metric: MetricData, all: readonly MetricData[]): boolean
  /** Records an example with two meters. */
  example(meter: Meter, other: Meter): void
  /** What the two make of the example: the lines with samples. */
  readonly serializer: readonly string[]
  readonly ours: readonly string[]
}

const isMonotonic = (metric: MetricData) => 'isMonotonic' in metric && metric.isMonotonic
const kindOf = (metric: MetricData) => `${metric.dataPointType} ${isMonotonic(metric)}`
const sanitize = (text: string) => text.replace(/[^a-zA-Z0-9_]/g, '_').replace(/_{2,}/g, '_')

/** The name in the text, without a unit. */
function nameOf(metric: MetricData): string {
  const name = sanitize(metric.descriptor.name).replace(/^(?=\d)/, '_')
  return isMonotonic(metric) && !name.endsWith('_total') ? `${name}_total` : name
}

/** The names of the metric and of its samples. */
function namesOf(metric: MetricData): string[] {
  const name = nameOf(metric)
  if (metric.dataPointType !== DataPointType.HISTOGRAM) return [name]
  return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed()

const labelsOf = ({ attributes }: DataPoint<unknown>) =>
  Object.entries(attributes).map(([key, value]) => [sanitize(key), textOf(value)] as const)

/** The labels as Prometheus has them, without those that are empty. */
const seriesOf = (point: DataPoint<unknown>) =>
  JSON.stringify(
    labelsOf(point)
      .filter(([, text]) => text !== '')
      .sort(),
  )

const hasPoint = (metric: MetricData, holds: (labelNames: string[]) => boolean) =>
  metric.dataPoints.some((point: DataPoint<unknown>) => holds(labelsOf(point).map(([name]) => name)))

const UNITS: Readonly<Record<string, string>> = Object.assign(Object.create(null), { s: 'seconds', By: 'bytes' })

export const DIFFERENCES: readonly Difference[] = [
  {
    what: 'a name without its unit',
    why: "OpenTelemetry's specification has the unit at the end of the name, in Prometheus' words.",
    affects: (metric) => {
      const word = UNITS[metric.descriptor.unit]
      const name = isMonotonic(metric) ? nameOf(metric).replace(/_total$/, '') : nameOf(metric)
      return word !== undefined && !name.endsWith(`_${word}`)
    },
    example: (meter) => meter.createCounter('read', { unit: 'By' }).add(1),
    serializer: ['read_total 1'],
    ours: ['read_bytes_total 1'],
  },
  {
    what: 'a line feed in a name',
    why: 'It is one character that a name cannot have. The serializer escapes it before it replaces it.',
    affects: (metric) => metric.descriptor.name.includes('\n'),
    example: (meter) => meter.createGauge('a\nb').record(1),
    serializer: ['a_nb 1'],
    ours: ['a_b 1'],
  },
  {
    what: 'a counter whose name is nothing but _total',
    why: 'OpenMetrics would have no name for it.',
    affects: (metric) => isMonotonic(metric) && /^_?_total$/.test(nameOf(metric)),
    example: (meter) => meter.createCounter('_total').add(1),
    serializer: ['_total 1'],
    ours: [],
  },
  {
    what: 'two kinds of metric under one name',
    why: 'The first one is right. The serializer drops both, because another library chose the same name.',
    affects: (metric, all) => all.some((other) => nameOf(other) === nameOf(metric) && kindOf(other) !== kindOf(metric)),
    example: (meter, other) => {
      meter.createGauge('a').record(1)
      other.createHistogram('a').record(1)
    },
    serializer: [],
    ours: ['a 1'],
  },
  {
    what: 'a metric with the name of a sample of another one',
    why: 'The page would have one series twice, or two types for one series.',
    affects: (metric, all) => {
      const own = new Set(namesOf(metric))
      return all.some((other) => nameOf(other) !== nameOf(metric) && namesOf(other).some((name) => own.has(name)))
    },
    example: (meter) => {
      meter.createHistogram('h', { advice: { explicitBucketBoundaries: [] } }).record(5)
      meter.createGauge('h_count').record(7)
    },
    serializer: ['h_bucket{le="+Inf"} 1', 'h_count 1', 'h_count 7', 'h_sum 5'],
    ours: ['h_bucket{le="+Inf"} 1', 'h_count 1', 'h_sum 5'],
  },
  {
    what: 'a label whose name begins with a digit, or has no character',
    why: 'Prometheus rejects the whole page.',
    affects: (metric) => hasPoint(metric, (names) => names.some((name) => !/^[a-zA-Z_]/.test(name))),
    example: (meter) => meter.createGauge('a').record(1, { '1st': 'x', '': 'y' }),
    serializer: ['a{1st="x",="y"} 1'],
    ours: ['a{_="y",_1st="x"} 1'],
  },
  {
    what: 'a label that the page has for itself',
    why: 'Prometheus rejects a page with a label twice in one series. It gives the prefix itself to such a label of a scrape.',
    affects: (metric) =>
      hasPoint(metric, (names) => names.some((name) => /^(le|quantile|gateway|process)$/.test(name))),
    example: (meter) => meter.createHistogram('h', { advice: { explicitBucketBoundaries: [] } }).record(5, { le: 'x' }),
    serializer: ['h_bucket{le="x",le="+Inf"} 1', 'h_count{le="x"} 1', 'h_sum{le="x"} 5'],
    ours: ['h_bucket{exported_le="x",le="+Inf"} 1', 'h_count{exported_le="x"} 1', 'h_sum{exported_le="x"} 5'],
  },
  {
    what: 'keys that become one label',
    why: "Prometheus rejects a page with a label twice in one series. The values are joined as OpenTelemetry's specification says.",
    affects: (metric) => hasPoint(metric, (names) => new Set(names).size < names.length),
    example: (meter) => meter.createGauge('a').record(1, { 'x.y': '1', x_y: '2' }),
    serializer: ['a{x_y="1",x_y="2"} 1'],
    ours: ['a{x_y="1;2"} 1'],
  },
  {
    what: 'one series twice',
    why: 'Prometheus drops all but one sample. The sum is right; of two values of a gauge neither is.',
    affects: (metric, all) => {
      const family = all.filter((other) => nameOf(other) === nameOf(metric))
      const series = family.flatMap(({ dataPoints }) => (dataPoints as DataPoint<unknown>[]).map(seriesOf))
      return new Set(series).size < series.length
    },
    example: (meter, other) => {
      meter.createCounter('a').add(1, { x: '\ud800' })
      other.createCounter('a').add(2, { x: '\ud801' })
      meter.createCounter('b').add(1, { x: 1 })
      meter.createCounter('b').add(2, { x: '1' })
      meter.createGauge('c').record(1, { x: '' })
      meter.createGauge('c').record(2)
    },
    serializer: [
      'a_total{x="\ufffd"} 1',
      'a_total{x="\ufffd"} 2',
      'b_total{x="1"} 1',
      'b_total{x="1"} 2',
      'c 2',
      'c{x=""} 1',
    ],
    ours: ['a_total{x="\ufffd"} 3', 'b_total{x="1"} 3'],
  },
]
