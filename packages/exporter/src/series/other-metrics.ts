import type {
  DataPoint,
  ExponentialHistogram,
  Histogram,
  MetricData,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { labelText } from '../text/labels.ts'
import type { Exemplars, FamilyHead } from '../text/series-lines.ts'
import { createPauses } from '../turns.ts'
import { exemplarsOf, millisOf } from './data-points.ts'
import { FAMILIES } from './families.ts'
import { otherLabelsText } from './other-labels.ts'
import { otherHead } from './other-names.ts'

/**
 * The metrics of one process that the table does not have, such as OpenTelemetry's own `http.server.request.duration`.
 */
export interface OtherMetrics {
  readonly metrics: readonly MetricData[]
  /** Labels that every series gets. They keep apart the series of different processes. */
  readonly labels: Readonly<Record<string, string>>
}

/** A metric that the table does not have, as the formats write it. */
export interface OtherFamily {
  readonly head: FamilyHead
  readonly series: readonly OtherSeries[]
}

interface OtherSeries {
  /** The labels as they stand between the braces. */
  readonly labels: string
  /** A histogram's upper bounds without +Inf; empty for other kinds. */
  readonly bounds: readonly number[]
  /** The value, or a histogram's counts by bucket and, where it has one, its sum. */
  readonly numbers: readonly number[]
  /** When the series began, in milliseconds since 1970; 0 where it is not known. */
  readonly createdMs: number
  readonly exemplars?: Exemplars | undefined
}

/** Returns the metrics that the table does not have. */
export const otherMetricsOf = ({ scopeMetrics }: ResourceMetrics): MetricData[] =>
  scopeMetrics.flatMap(({ metrics }) => metrics.filter(({ descriptor }) => !FAMILIES.has(descriptor.name)))

/**
 * Prepares metrics that the table does not have, of one or several processes, for being written: with the names and the
 * series that they have in Prometheus. Metrics that get one name become one family. Where they disagree on the kind, the
 * first one's stays. A metric that would get the name of one of the table's is left out. The event loop goes on
 * meanwhile.
 */
export async function prepareOthers(sources: readonly OtherMetrics[]): Promise<OtherFamily[]> {
  const pauses = createPauses()
  const families = new Map<string, { head: FamilyHead; series: FamilySeries }>()
  for (const { metrics, labels } of sources) {
    const constant = Object.entries(labels).map(([label, value]) => labelText(label, value))
    for (const metric of metrics) {
      const head = otherHead(metric)
      if (head === undefined || FAMILIES.has(head.name)) continue
      const known = families.get(head.name)
      if (known !== undefined && known.head.kind !== head.kind) continue
      const { series } = known ?? { series: new FamilySeries() }
      families.set(head.name, { head: joinHeads(known?.head, head), series })
      for (const point of metric.dataPoints) {
        series.add([otherLabelsText(point.attributes), ...constant], point, 'isMonotonic' in metric)
        if (pauses.isDue()) await pauses.next()
      }
    }
  }
  return [...families.values()].flatMap(({ head, series }) => {
    const all = series.all()
    return all.length === 0 ? [] : { head: { ...head, help: head.help || 'description missing' }, series: all }
  })
}

/** The first metric that has a description, or a unit, gives its family that one. */
const joinHeads = (known: FamilyHead | undefined, head: FamilyHead): FamilyHead =>
  known === undefined ? head : { ...known, help: known.help || head.help, unit: known.unit || head.unit }

/**
 * The series of one family, each once. Prometheus drops the samples of a series that a page has twice.
 */
class FamilySeries {
  /** Undefined stands for a series that has several values of which none is right. */
  readonly #byLabels = new Map<string, OtherSeries | undefined>()

  add(labels: readonly string[], point: DataPoint<number | Histogram | ExponentialHistogram>, isSum: boolean): void {
    const text = labels.filter((label) => label !== '').join(',')
    const one = seriesOf(text, point)
    if (one === undefined) return
    if (!this.#byLabels.has(text)) this.#byLabels.set(text, one)
    else this.#byLabels.set(text, addSeries(this.#byLabels.get(text), one, isSum))
  }

  all(): OtherSeries[] {
    return [...this.#byLabels.values()].filter((one) => one !== undefined)
  }
}

/** @returns undefined for an exponential histogram, which the formats do not have. */
function seriesOf(
  labels: string,
  point: DataPoint<number | Histogram | ExponentialHistogram>,
): OtherSeries | undefined {
  const { value, startTime } = point
  const createdMs = millisOf(startTime)
  if (typeof value === 'number') return { labels, bounds: [], numbers: [value], createdMs }
  if (!('buckets' in value)) return undefined
  const { boundaries, counts } = value.buckets
  // A bucket up to infinity is the last one, whether or not it is among the boundaries.
  const isInfinite = boundaries.at(-1) === Number.POSITIVE_INFINITY
  const bounds = isInfinite ? boundaries.slice(0, -1) : boundaries
  const buckets = counts.slice(0, bounds.length + 1)
  const numbers = value.sum === undefined ? buckets : [...buckets, value.sum]
  return { labels, bounds, numbers, createdMs, exemplars: exemplarsOf(point) }
}

/**
 * Adds up two series that have the same labels.
 *
 * @returns undefined where neither of the two is right: for gauges, and for histograms over different bounds.
 */
function addSeries(a: OtherSeries | undefined, b: OtherSeries, isSum: boolean): OtherSeries | undefined {
  const isHistogram = b.numbers.length > 1
  const haveSameBounds = a?.bounds.length === b.bounds.length && a.bounds.every((bound, i) => bound === b.bounds[i])
  if (a === undefined || !(isHistogram ? haveSameBounds : isSum)) return undefined
  // A histogram that has no sum makes one without a sum.
  const length = Math.min(a.numbers.length, b.numbers.length)
  const numbers = a.numbers.slice(0, length).map((number, i) => number + (b.numbers[i] as number))
  return { ...a, numbers, createdMs: Math.min(a.createdMs, b.createdMs) }
}
