import type { DataPoint, Histogram, MetricData, MetricDescriptor } from '@opentelemetry/sdk-metrics'
import { type Cell, CUMULATIVE as TOTAL } from './cells/cell.ts'
import { CUMULATIVE, DELTA, type Kind, pointsOf } from './kinds.ts'
import type { Observations } from './observations.ts'
import type { Series } from './series.ts'
import { toHrTime } from './time.ts'

/** How the readers read the instruments of one kind. */
export interface Slots {
  /** For each reader its number among those that read deltas, or that it reads totals. */
  readonly ofReader: readonly number[]
  readonly deltaReaders: number
}

/** One collection, by one reader. */
export interface Collection {
  readonly reader: number
  readonly endMillis: number
  readonly observations: Observations
}

export type Points = DataPoint<number>[] | DataPoint<Histogram>[]

/** What an instrument feeds and the readers read. */
export abstract class Stream {
  readonly kind: Kind
  readonly slots: Slots
  descriptor: MetricDescriptor
  protected readonly createdMillis = Date.now()
  /** For each reader of deltas, when its last interval ended. */
  readonly #intervalEnds: number[]

  constructor(kind: Kind, slots: Slots, descriptor: MetricDescriptor) {
    this.kind = kind
    this.slots = slots
    this.descriptor = descriptor
    this.#intervalEnds = new Array<number>(slots.deltaReaders).fill(this.createdMillis)
  }

  /** @param intervalStart when the interval of a reader of deltas began. */
  protected abstract points(slot: number, intervalStart: number, collection: Collection): Points

  /** What this reader is to export; undefined when there is nothing. */
  read(collection: Collection): MetricData | undefined {
    const slot = this.slots.ofReader[collection.reader] ?? TOTAL
    const intervalStart = this.#intervalEnds[slot] ?? this.createdMillis
    const dataPoints = this.points(slot, intervalStart, collection)
    if (slot !== TOTAL) this.#intervalEnds[slot] = Math.max(intervalStart, collection.endMillis)
    if (dataPoints.length === 0) return undefined
    const aggregationTemporality = slot === TOTAL ? CUMULATIVE : DELTA
    return { descriptor: this.descriptor, aggregationTemporality, dataPoints, ...pointsOf(this.kind) } as MetricData
  }
}

/** The stream of a synchronous instrument: its cells are where records go. */
export class SyncStream<C extends Cell<number | Histogram>> extends Stream {
  readonly series: Series<C>

  constructor(kind: Kind, slots: Slots, descriptor: MetricDescriptor, series: Series<C>) {
    super(kind, slots, descriptor)
    this.series = series
  }

  protected points(slot: number, intervalStart: number, { endMillis }: Collection): Points {
    const endTime = toHrTime(endMillis)
    const points: DataPoint<number | Histogram>[] = []
    for (const cell of this.series.all()) {
      const value = cell.read(slot)
      if (value === undefined) continue
      const startTime = toHrTime(slot === TOTAL ? cell.startMillis : intervalStart)
      points.push({ attributes: cell.attributes, startTime, endTime, value })
    }
    return points as Points
  }
}
