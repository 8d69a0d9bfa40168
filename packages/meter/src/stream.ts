import type { DataPointType, MetricData, MetricDescriptor } from '@opentelemetry/sdk-metrics'
import { withFields } from './aggregation.ts'
import type { FrozenAttributes } from './attributes.ts'
import { type Cell, TOTAL } from './cells/cell.ts'
import { partOf } from './cells/combined.ts'
import type { Collection } from './collection.ts'
import { CUMULATIVE, DELTA, type Kind } from './kinds.ts'
import { withOverflow } from './overflow.ts'
import type { Point } from './point.ts'
import { pointsOf } from './point-types.ts'
import type { Reading, Readings } from './readings.ts'
import type { Series } from './series.ts'
import { toHrTime } from './time.ts'

/** The data of one instrument, which the readers read. */
export abstract class Stream {
  readonly kind: Kind
  readonly readings: Readings
  abstract readonly series: Series<{ readonly attributes: FrozenAttributes }>
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
  protected abstract points(reading: Reading, intervalStart: number, collection: Collection): Point[]

  /** Returns what the collection's reader is to export; undefined when there is nothing. */
  read(collection: Collection): MetricData | undefined {
    const reading = this.readings.byReader[collection.reader]
    const read = reading && this.readings.aggregations[reading.aggregation]
    if (reading === undefined || read === undefined) return undefined
    const intervalStart = this.#intervalEnds[collection.reader] ?? this.createdMillis
    const points = this.points(reading, intervalStart, collection)
    this.#intervalEnds[collection.reader] = Math.max(intervalStart, collection.endMillis)
    if (points.length === 0) return undefined
    const type = pointsOf(read.aggregation.type, this.kind)
    return {
      descriptor: this.descriptor,
      aggregationTemporality: reading.slot === TOTAL ? CUMULATIVE : DELTA,
      dataPoints: this.#limited(points, reading.limit, type.dataPointType),
      ...type,
    } as MetricData
  }

  /** Returns what a reader gets whose limit is lower than that of the instrument. */
  #limited(points: Point[], limit: number, type: DataPointType): Point[] {
    if (limit >= this.readings.limit || this.series.size < limit) return points
    return withOverflow(points, this.series.first(limit - 1), type)
  }
}

/** The stream of a synchronous instrument, whose records go into the cells of its series. */
export class SyncStream extends Stream {
  readonly series: Series<Cell>

  constructor(kind: Kind, readings: Readings, descriptor: MetricDescriptor, series: Series<Cell>) {
    super(kind, readings, descriptor)
    this.series = series
  }

  protected points({ aggregation: index, slot }: Reading, intervalStart: number, { endMillis }: Collection): Point[] {
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
    return points
  }
}
