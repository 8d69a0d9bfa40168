import { OTHER } from '@agentgateway-otel/metrics'
import type { DataPoint, ExponentialHistogram, Histogram, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { exemplarsOf, millisOf } from './data-points.ts'
import type { Families, Family } from './families.ts'
import { ABSENT, type Row, SeriesTable } from './series-table.ts'

interface Entry {
  readonly row: Row
  /** The last update that had a data point for the series. */
  generation: number
}

/** The data point that came at a place in the last collection. */
interface Known {
  readonly attributes: object
  readonly entry: Entry
}

/** The table's metrics as one process has counted them: what its reader collects, as a series table. */
export class ProcessSeries {
  readonly table: SeriesTable
  readonly #entries = new Map<Row, Entry>()
  readonly #gauges: Entry[] = []
  /**
   * Saves the look-up by label values: a provider hands out the data points in the same order at every collection, with
   * the same attributes objects.
   */
  readonly #known = new Map<Family, Known[]>()
  #generation = 0

  /** @param families default: as the table of metrics has them. */
  constructor(families?: Families) {
    this.table = new SeriesTable(families)
  }

  /**
   * Brings the table up to date.
   *
   * @param hasGauges whether gauges were collected. Those that are missing then become absent; otherwise all stay.
   * @returns whether any number changed.
   */
  update(resourceMetrics: ResourceMetrics, hasGauges: boolean): boolean {
    const changes = this.updating(resourceMetrics, hasGauges)
    for (;;) {
      const { done, value } = changes.next()
      if (done) return value
    }
  }

  /** Does the same as `update` in steps of some microseconds, between which the table must not be updated otherwise. */
  *updating({ scopeMetrics }: ResourceMetrics, hasGauges: boolean): Generator<void, boolean> {
    this.#generation++
    let hasChanged = false
    const counts = new Map<Family, number>()
    for (const { metrics } of scopeMetrics) {
      for (const { descriptor, dataPoints } of metrics) {
        const family = this.table.families.get(descriptor.name)
        if (family === undefined) continue
        const known = this.#knownOf(family)
        let index = counts.get(family) ?? 0
        counts.set(family, index + dataPoints.length)
        for (const point of dataPoints as DataPoint<number | Histogram | ExponentialHistogram>[]) {
          if (!isOfFamily(point.value, family)) continue
          const entry = this.#entryOf(family, point, known, index++)
          entry.row.exemplars = exemplarsOf(point)
          if (this.#put(entry, point.value)) hasChanged = true
          yield
        }
      }
    }
    return (hasGauges && this.#removeGauges()) || hasChanged
  }

  /** Makes the gauges absent that this update had no data point for. */
  #removeGauges(): boolean {
    let hasChanged = false
    for (const { row, generation } of this.#gauges) {
      if (generation === this.#generation) continue
      if (this.table.set(row.offset, ABSENT)) hasChanged = true
    }
    return hasChanged
  }

  #put(entry: Entry, value: number | Histogram): boolean {
    const { offset } = entry.row
    // Two data points may have the same label values and differ in an attribute that is no label: they are one series.
    const isSecond = entry.generation === this.#generation
    entry.generation = this.#generation
    if (typeof value === 'number') return this.#putNumber(offset, value, isSecond)
    const { counts } = value.buckets
    let hasChanged = this.#putNumber(offset + counts.length, value.sum ?? 0, isSecond)
    for (let i = 0; i < counts.length; i++) {
      if (this.#putNumber(offset + i, counts[i] as number, isSecond)) hasChanged = true
    }
    return hasChanged
  }

  #putNumber(index: number, value: number, isSecond: boolean): boolean {
    return this.table.set(index, isSecond ? (this.table.values[index] as number) + value : value)
  }

  #knownOf(family: Family): Known[] {
    const known = this.#known.get(family) ?? []
    this.#known.set(family, known)
    return known
  }

  #entryOf(family: Family, point: DataPoint<unknown>, known: Known[], index: number): Entry {
    const { attributes } = point
    const last = known[index]
    if (last?.attributes === attributes) return last.entry
    const entry = this.#findEntry(family, point)
    known[index] = { attributes, entry }
    return entry
  }

  #findEntry(family: Family, { attributes, startTime }: DataPoint<unknown>): Entry {
    // A provider's overflow series has none of the labels.
    const labels = family.labels.map(([label]) => {
      const value = attributes[label]
      return typeof value === 'string' ? value : OTHER
    })
    const row = this.table.find(family, labels) ?? this.table.add(family, labels, millisOf(startTime))
    const known = this.#entries.get(row)
    if (known !== undefined) return known
    const entry = { row, generation: 0 }
    this.#entries.set(row, entry)
    if (family.kind === 'gauge') this.#gauges.push(entry)
    return entry
  }
}

/** Whether the value is of the family's kind. One that is not, such as a histogram over other buckets, is left out. */
function isOfFamily(
  value: number | Histogram | ExponentialHistogram,
  { kind, buckets }: Family,
): value is number | Histogram {
  if (typeof value === 'number') return kind !== 'histogram'
  return kind === 'histogram' && 'buckets' in value && value.buckets.counts.length === buckets.length + 1
}
