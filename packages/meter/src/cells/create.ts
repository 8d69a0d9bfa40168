import type { FrozenAttributes } from '../attributes.ts'
import type { ReadAggregation } from '../readings.ts'
import type { Cell } from './cell.ts'
import { CombinedCell } from './combined.ts'
import { ExponentialCell } from './exponential.ts'
import { GaugeCell } from './gauge.ts'
import { HistogramCell } from './histogram.ts'
import { SumCell } from './sum.ts'

type CreateCell = (attributes: FrozenAttributes) => Cell

/**
 * Returns the function that creates the cells of an instrument, which record what its readers read.
 *
 * @param ownBoundaries those of the instrument, for a histogram whose reader selects no others
 */
export function cellCreator(aggregations: readonly ReadAggregation[], ownBoundaries: readonly number[]): CreateCell {
  const [create, ...others] = aggregations.map((read) => creatorOf(read, ownBoundaries))
  if (create !== undefined && others.length === 0) return create
  const all = create === undefined ? [] : [create, ...others]
  return (attributes) =>
    new CombinedCell(
      attributes,
      all.map((createPart) => createPart(attributes)),
    )
}

function creatorOf({ aggregation, deltaReaderCount }: ReadAggregation, ownBoundaries: readonly number[]): CreateCell {
  switch (aggregation.type) {
    case 'sum':
      return (attributes) => new SumCell(attributes, deltaReaderCount)
    case 'lastValue':
      return (attributes) => new GaugeCell(attributes, deltaReaderCount)
    case 'explicit': {
      const { boundaries = ownBoundaries } = aggregation
      return (attributes) => new HistogramCell(attributes, deltaReaderCount, boundaries)
    }
    case 'exponential': {
      const { maxSize } = aggregation
      return (attributes) => new ExponentialCell(attributes, maxSize)
    }
  }
}
