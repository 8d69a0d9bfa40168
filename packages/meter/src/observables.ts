import type { Observable, ObservableCallback } from '@opentelemetry/api'
import type { DataPoint, MetricDescriptor } from '@opentelemetry/sdk-metrics'
import { TOTAL } from './cells/cell.ts'
import type { ObservedCell } from './cells/observed.ts'
import type { Collection } from './collection.ts'
import { isMonotonic, type Kind } from './kinds.ts'
import type { Reading, Readings } from './readings.ts'
import { Series } from './series.ts'
import { Stream } from './stream.ts'
import { toHrTime } from './time.ts'

/** The stream of an observable instrument. A collection has what its own callbacks observed, and nothing older. */
export class ObservableStream extends Stream {
  readonly series: Series<ObservedCell>
  /** The sequence number of each delta reader's last collection, by the reader's slot. */
  readonly #sequences: number[] = []
  /** The time after which a series that is observed first now must have begun: the last collection, or the creation. */
  #observedMillis = this.createdMillis

  constructor(kind: Kind, readings: Readings, descriptor: MetricDescriptor) {
    super(kind, readings, descriptor)
    this.series = new Series(readings.limit, (attributes) => ({
      attributes,
      startMillis: this.#observedMillis,
      previous: [],
    }))
  }

  protected points({ slot }: Reading, intervalStart: number, collection: Collection): DataPoint<number>[] {
    const { endMillis, observations } = collection
    const observed = observations.of(this.series)
    this.#observedMillis = endMillis
    if (observed === undefined || !this.#isNews(slot, observations.sequence)) return []
    const endTime = toHrTime(endMillis)
    const points: DataPoint<number>[] = []
    for (const [cell, total] of observed.entries(this.kind === 'OBSERVABLE_GAUGE' ? last : sum)) {
      const startTime = toHrTime(slot === TOTAL ? cell.startMillis : intervalStart)
      const value = slot === TOTAL ? total : this.#delta(cell, slot, total)
      points.push({ attributes: cell.attributes, startTime, endTime, value })
    }
    return points
  }

  /**
   * Returns whether this collection began after the last one that the reader got. To a delta reader, the totals of an
   * older collection would look as if the counter had been reset.
   */
  #isNews(slot: number, sequence: number): boolean {
    if (slot === TOTAL) return true
    if (sequence < (this.#sequences[slot] ?? 0)) return false
    this.#sequences[slot] = sequence
    return true
  }

  #delta(cell: ObservedCell, slot: number, total: number): number {
    if (this.kind === 'OBSERVABLE_GAUGE') return total
    const previous = cell.previous[slot] ?? 0
    cell.previous[slot] = total
    // A counter whose total fell was reset, so all of the new total was counted since.
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

/** The registry that the callbacks of an instrument are added to. */
interface InstrumentCallbacks {
  add(callback: ObservableCallback, instrument: ObservableInstrument): void
  remove(callback: ObservableCallback, instrument: ObservableInstrument): void
}

export class ObservableInstrument implements Observable {
  readonly stream: ObservableStream
  readonly #callbacks: InstrumentCallbacks

  constructor(stream: ObservableStream, callbacks: InstrumentCallbacks) {
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
