import type { IMetricReader, InstrumentType } from '@opentelemetry/sdk-metrics'
import { type Aggregation, aggregationOf } from './aggregation.ts'
import { TOTAL } from './cells/cell.ts'
import { DELTA, type Kind } from './kinds.ts'

/** How the readers read the instruments of one kind. */
export interface Readings {
  /** By the reader's index; undefined for a reader that drops the kind. */
  readonly byReader: readonly (Reading | undefined)[]
  /** The aggregations that are read. Nearly always there is one, which all readers share. */
  readonly aggregations: readonly ReadAggregation[]
}

export interface Reading {
  /** The index of the reader's aggregation. */
  readonly aggregation: number
  /** The reader's number among the delta readers of its aggregation, or TOTAL. */
  readonly slot: number
}

export interface ReadAggregation {
  readonly aggregation: Aggregation
  readonly deltaReaderCount: number
}

/** @throws Error when a reader selects an aggregation that the kind cannot have */
export function readingsOf(kind: Kind, readers: readonly IMetricReader[]): Readings {
  const type = kind as InstrumentType
  const aggregations: { aggregation: Aggregation; key: string; deltaReaderCount: number }[] = []
  const byReader = readers.map((reader, readerIndex) => {
    const aggregation = aggregationOf(kind, reader.selectAggregation(type), reader.constructor.name)
    if (aggregation === undefined) return undefined
    const isDelta = reader.selectAggregationTemporality(type) === DELTA
    // A delta reader empties an exponential histogram, so it shares it with no other.
    const sharing = isDelta && aggregation.type === 'exponential' ? readerIndex : 'all'
    const key = JSON.stringify([aggregation, sharing])
    let index = aggregations.findIndex((known) => known.key === key)
    if (index < 0) index = aggregations.push({ aggregation, key, deltaReaderCount: 0 }) - 1
    const read = aggregations[index]
    return { aggregation: index, slot: isDelta && read !== undefined ? read.deltaReaderCount++ : TOTAL }
  })
  return { byReader, aggregations }
}
