import { OTHER } from '@agentgateway-otel/metrics'
import type { ExponentialHistogram, Histogram, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { FAMILIES, type Family } from './families.ts'
import { withRoom } from './grow.ts'
import type { Identity } from './identity.ts'
import { encodeAbout, encodeRow, encodeSnapshot, type Row, type Snapshot } from './snapshot.ts'

/**
 * Sums are rounded up to multiples of this, about a millionth. Multiples of one power of two add up exactly, in whatever
 * order: the sum of many processes may never fall by the last bit, which Prometheus would take for a new beginning.
 */
const GRAIN = 2 ** -20

/** A gauge that nobody has observed in this collection. */
const ABSENT = Number.NaN

/** What this process has counted, in the rows of its snapshot. A series keeps its row. */
export class Recorder {
  readonly #process: Identity
  readonly #series: { readonly rows: Row[]; readonly offsets: number[] } = { rows: [], offsets: [] }
  /** Attributes are the same object at every collection. */
  readonly #byAttributes = new Map<Family, WeakMap<object, number>>()
  #values = new Float64Array(256)
  #size = 0
  #lines: Buffer
  /** Lines of series that are new since the last encoding. */
  #newLines = ''

  constructor(process: Identity) {
    this.#process = process
    this.#lines = encodeAbout({ process })
  }

  /**
   * Takes what was collected.
   *
   * @param isComplete whether gauges were collected: those that are missing are then gone.
   * @returns whether anything is different now.
   */
  update({ scopeMetrics }: ResourceMetrics, isComplete: boolean): boolean {
    let changed = false
    const gone = new Set<number>()
    if (isComplete) {
      for (const [i, { family }] of this.#series.rows.entries()) {
        if (family.kind === 'gauge') gone.add(this.#series.offsets[i] as number)
      }
    }
    for (const { metrics } of scopeMetrics) {
      for (const { descriptor, dataPoints } of metrics) {
        const family = FAMILIES.get(descriptor.name)
        if (family === undefined) continue
        for (const point of dataPoints) {
          const offset = this.#offsetOf(family, point.attributes)
          gone.delete(offset)
          if (this.#put(family, offset, point.value)) changed = true
        }
      }
    }
    for (const offset of gone) if (this.#set(offset, ABSENT)) changed = true
    return changed
  }

  get snapshot(): Snapshot {
    return { process: this.#process, absorbed: [], series: this.#series, values: this.#current }
  }

  encode(): readonly Uint8Array[] {
    if (this.#newLines !== '') this.#lines = Buffer.concat([this.#lines, Buffer.from(this.#newLines)])
    this.#newLines = ''
    return encodeSnapshot([this.#lines], this.#current)
  }

  get #current(): Float64Array {
    return this.#values.subarray(0, this.#size)
  }

  #put(family: Family, offset: number, value: number | Histogram | ExponentialHistogram): boolean {
    if (typeof value === 'number') return family.kind !== 'histogram' && this.#set(offset, value)
    if (!('buckets' in value) || value.buckets.counts.length !== family.buckets.length + 1) return false
    const { counts } = value.buckets
    let changed = this.#set(offset + counts.length, Math.ceil((value.sum ?? 0) / GRAIN) * GRAIN)
    for (let i = 0; i < counts.length; i++) if (this.#set(offset + i, counts[i] as number)) changed = true
    return changed
  }

  #set(offset: number, value: number): boolean {
    if (Object.is(this.#values[offset], value)) return false
    this.#values[offset] = value
    return true
  }

  #offsetOf(family: Family, attributes: Readonly<Record<string, unknown>>): number {
    const offsets = this.#byAttributes.get(family) ?? new WeakMap<object, number>()
    this.#byAttributes.set(family, offsets)
    const known = offsets.get(attributes)
    if (known !== undefined) return known
    const offset = this.#size
    offsets.set(attributes, offset)
    // The series of what overflowed has none of the labels.
    const labels = family.labels.map(([label]) => {
      const value = attributes[label]
      return typeof value === 'string' ? value : OTHER
    })
    const row = { family, labels }
    this.#series.rows.push(row)
    this.#series.offsets.push(offset)
    this.#newLines += encodeRow(row)
    this.#size += family.width
    this.#values = withRoom(this.#values, this.#size)
    return offset
  }
}
