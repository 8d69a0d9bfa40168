import type { MetricData, MetricDescriptor } from '@opentelemetry/sdk-metrics'
import { withFields } from './aggregation.ts'
import { type Cell, TOTAL } from './cells/cell.ts'
import { partOf } from './cells/combined.ts'
import type { Collection } from './collection.ts'
import { CUMULATIVE, DELTA, type Kind } from './kinds.ts'
import type { Point } from './point.ts'
import { pointsOf } from './point-types.ts'
import type { Reading, Readings } from './readings.ts'
import type { Series } from './series.ts'
import { toHrTime } from './time.ts'

export type Points = MetricData['dataPoints']

/** The data of one instrument, which the readers read. */
export abstract class Stream {
  readonly kind: Kind
  readonly readings: Readings
  descriptor: MetricDescriptor
  protected readonly createdMillis = Date.now()
  /** When each reader's last interval ended, by the reader's index. */
  readonly #intervalEnds: number[]

  constructor(kind: Kind, readings: Readings, descriptor: MetricDescriptor) {
    this.kind = kind
    this.readings = readings
    this.descriptor = descriptor
    this.#intervalEnds = readings.byReader.map(() => this.createdMillis)
  }

  /** @param intervalStart when a delta reader's interval began */
  protected abstract points(reading: Reading, intervalStart: number, collection: Collection): Points

  /** Returns what the collection's reader is to export; undefined when there is nothing. */
  read(collection: Collection): MetricData | undefined {
    const reading = this.readings.byReader[collection.reader]
    const read = reading && this.readings.aggregations[reading.aggregation]
    if (reading === undefined || read === undefined) return undefined
    const intervalStart = this.#intervalEnds[collection.reader] ?? this.createdMillis
    const dataPoints = this.points(reading, intervalStart, collection)
    this.#intervalEnds[collection.reader] = Math.max(intervalStart, collection.endMillis)
    if (dataPoints.length === 0) return undefined
    const aggregationTemporality = reading.slot === TOTAL ? CUMULATIVE : DELTA
    return {
      descriptor: this.descriptor,
      aggregationTemporality,
      dataPoints,
      ...pointsOf(read.aggregation.type, this.kind),
    } as MetricData
  }
}

/** The stream of a synchronous instrument, whose records go into the cells of its series. */
export class SyncStream extends Stream {
  readonly series: Series<Cell>

  constructor(kind: Kind, readings: Readings, descriptor: MetricDescriptor, series: Series<Cell>) {
    super(kind, readings, descriptor)
    this.series = series
  }

  protected points({ aggregation: index, slot }: Reading, intervalStart: number, { endMillis }: Collection): Points {
    const aggregation = this.readings.aggregations[index]?.aggregation
    const endTime = toHrTime(endMillis)
    const points: Point[] = []
    for (const combined of this.series.all()) {
      const cell = partOf(combined, index)
      const recorded = cell.read(slot)
      if (recorded === undefined || aggregation === undefined) continue
      const startMillis = slot === TOTAL ? cell.startMillis : intervalStart
      const value = withFields(recorded, aggregation)
      const point = { attributes: cell.attributes, startTime: toHrTime(startMillis), endTime, value }
      const exemplars = cell.exemplarsSince?.(startMillis)
      points.push(exemplars === undefined ? point : { ...point, exemplars })
    }
    return points as Points
  }
}
