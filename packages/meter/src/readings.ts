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
  /** How many series an instrument has at most, the overflow series included. */
  readonly limit: number
}

export interface Reading {
  /** The index of the reader's aggregation. */
  readonly aggregation: number
  /** The reader's number among the delta readers of its aggregation, or TOTAL. */
  readonly slot: number
  /** How many of the series it gets at most, the overflow series included. */
  readonly limit: number
}

export interface ReadAggregation {
  readonly aggregation: Aggregation
  readonly deltaReaderCount: number
}

/** The specification's default cardinality limit. */
const DEFAULT_LIMIT = 2000

/** @param cardinalityLimit holds in place of the readers' own limits */
export function readingsOf(
  kind: Kind,
  readers: readonly IMetricReader[],
  cardinalityLimit: number | undefined,
): Readings {
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
    const slot = isDelta && read !== undefined ? read.deltaReaderCount++ : TOTAL
    return { aggregation: index, slot, limit: cardinalityLimit ?? limitOf(reader, type) }
  })
  const limits = byReader.flatMap((reading) => reading?.limit ?? [])
  return { byReader, aggregations, limit: limits.length === 0 ? DEFAULT_LIMIT : Math.max(...limits) }
}

/** Returns a reader's own limit. Readers of other versions than ours may have none. */
function limitOf(reader: Partial<IMetricReader>, type: InstrumentType): number {
  const limit = reader.selectCardinalityLimit?.(type)
  return limit !== undefined && limit >= 1 ? Math.trunc(limit) : DEFAULT_LIMIT
}
