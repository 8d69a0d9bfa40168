import type { Observable, ObservableCallback } from '@opentelemetry/api'
import type { DataPoint, MetricDescriptor } from '@opentelemetry/sdk-metrics'
import type { FrozenAttributes } from './attributes.ts'
import type { CallbackRegistry } from './callbacks.ts'
import { CUMULATIVE } from './cells/cell.ts'
import { isMonotonic, type Kind } from './kinds.ts'
import { Series } from './series.ts'
import { type Collection, type Slots, Stream } from './stream.ts'
import { toHrTime } from './time.ts'

export interface ObservedCell {
  readonly attributes: FrozenAttributes
  readonly startMillis: number
  /** The value that each reader of deltas was given last. */
  readonly previous: number[]
}

/** The stream of an observable instrument: a collection has what its callbacks observed, and nothing of those before. */
export class ObservableStream extends Stream {
  readonly series: Series<ObservedCell>
  /** For each reader of deltas, its last collection. */
  readonly #sequences: number[]
  /** When series that nobody has observed yet must have begun after: the last collection, or the instrument's making. */
  #observedMillis = this.createdMillis

  constructor(kind: Kind, slots: Slots, descriptor: MetricDescriptor, limit: number) {
    super(kind, slots, descriptor)
    this.#sequences = new Array<number>(slots.deltaReaders).fill(0)
    this.series = new Series(limit, (attributes) => ({ attributes, startMillis: this.#observedMillis, previous: [] }))
  }

  protected points(slot: number, intervalStart: number, { endMillis, observations }: Collection): DataPoint<number>[] {
    const observed = observations.of(this)
    this.#observedMillis = endMillis
    if (observed === undefined || !this.#isNews(slot, observations.sequence)) return []
    const endTime = toHrTime(endMillis)
    const points: DataPoint<number>[] = []
    for (const [cell, total] of observed.entries(this.kind === 'OBSERVABLE_GAUGE' ? last : sum)) {
      const startTime = toHrTime(slot === CUMULATIVE ? cell.startMillis : intervalStart)
      const value = slot === CUMULATIVE ? total : this.#delta(cell, slot, total)
      points.push({ attributes: cell.attributes, startTime, endTime, value })
    }
    return points
  }

  /** Whether this was observed after what the reader has: older totals would look as if the counter had begun anew. */
  #isNews(slot: number, sequence: number): boolean {
    if (slot === CUMULATIVE) return true
    if (sequence < (this.#sequences[slot] ?? 0)) return false
    this.#sequences[slot] = sequence
    return true
  }

  #delta(cell: ObservedCell, slot: number, total: number): number {
    if (this.kind === 'OBSERVABLE_GAUGE') return total
    const previous = cell.previous[slot] ?? 0
    cell.previous[slot] = total
    // A counter that fell began anew.
    return isMonotonic(this.kind) && total < previous ? total : total - previous
  }
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

function last(values: Iterable<number>): number {
  let latest = 0
  for (const value of values) latest = value
  return latest
}

export class ObservableInstrument implements Observable {
  readonly stream: ObservableStream
  readonly #callbacks: CallbackRegistry

  constructor(stream: ObservableStream, callbacks: CallbackRegistry) {
    this.stream = stream
    this.#callbacks = callbacks
  }

  addCallback(callback: ObservableCallback): void {
    this.#callbacks.add(callback, this)
  }

  removeCallback(callback: ObservableCallback): void {
    this.#callbacks.remove(callback, this)
  }
}
