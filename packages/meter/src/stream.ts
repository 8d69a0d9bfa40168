import type {
  DataPoint,
  ExponentialHistogram,
  Histogram,
  MetricData,
  MetricDescriptor,
} from '@opentelemetry/sdk-metrics'
import { type Cell, TOTAL } from './cells/cell.ts'
import type { Collection } from './collection.ts'
import type { PointExemplar } from './exemplars.ts'
import { CUMULATIVE, DELTA, type Kind, pointsOf } from './kinds.ts'
import type { Series } from './series.ts'
import { toHrTime } from './time.ts'

/** How the readers read the instruments of one kind. */
export interface Slots {
  /** The slot of each reader, by its index: its number among the delta readers, or TOTAL. */
  readonly byReader: readonly number[]
  readonly deltaReaderCount: number
}

/** A data point; that of a histogram may have exemplars, by the index of their bucket. */
export type Point = DataPoint<number | Histogram | ExponentialHistogram> & {
  readonly exemplars?: readonly (PointExemplar | undefined)[]
}

export type Points = DataPoint<number>[] | DataPoint<Histogram>[]

/** The data of one instrument, which the readers read. */
export abstract class Stream {
  readonly kind: Kind
  readonly slots: Slots
  descriptor: MetricDescriptor
  protected readonly createdMillis = Date.now()
  /** When each delta reader's last interval ended, by the reader's slot. */
  readonly #intervalEnds: number[]

  constructor(kind: Kind, slots: Slots, descriptor: MetricDescriptor) {
    this.kind = kind
    this.slots = slots
    this.descriptor = descriptor
    this.#intervalEnds = new Array<number>(slots.deltaReaderCount).fill(this.createdMillis)
  }

  /** @param intervalStart when a delta reader's interval began */
  protected abstract points(slot: number, intervalStart: number, collection: Collection): Points

  /** Returns what the collection's reader is to export; undefined when there is nothing. */
  read(collection: Collection): MetricData | undefined {
    const slot = this.slots.byReader[collection.reader] ?? TOTAL
    const intervalStart = this.#intervalEnds[slot] ?? this.createdMillis
    const dataPoints = this.points(slot, intervalStart, collection)
    if (slot !== TOTAL) this.#intervalEnds[slot] = Math.max(intervalStart, collection.endMillis)
    if (dataPoints.length === 0) return undefined
    const aggregationTemporality = slot === TOTAL ? CUMULATIVE : DELTA
    return { descriptor: this.descriptor, aggregationTemporality, dataPoints, ...pointsOf(this.kind) } as MetricData
  }
}

/** The stream of a synchronous instrument, whose records go into the cells of its series. */
export class SyncStream<C extends Cell<number | Histogram>> extends Stream {
  readonly series: Series<C>

  constructor(kind: Kind, slots: Slots, descriptor: MetricDescriptor, series: Series<C>) {
    super(kind, slots, descriptor)
    this.series = series
  }

  protected points(slot: number, intervalStart: number, { endMillis }: Collection): Points {
    const endTime = toHrTime(endMillis)
    const points: Point[] = []
    for (const cell of this.series.all()) {
      const value = cell.read(slot)
      if (value === undefined) continue
      const startMillis = slot === TOTAL ? cell.startMillis : intervalStart
      const point = { attributes: cell.attributes, startTime: toHrTime(startMillis), endTime, value }
      const exemplars = cell.exemplarsSince?.(startMillis)
      points.push(exemplars === undefined ? point : { ...point, exemplars })
    }
    return points as Points
  }
}
