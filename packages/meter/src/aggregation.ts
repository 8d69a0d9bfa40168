import type { AggregationOption } from '@opentelemetry/sdk-metrics'
import { DEFAULT_BOUNDARIES, finiteBoundaries } from './descriptor.ts'
import { warn } from './diagnostics.ts'
import type { Kind } from './kinds.ts'
import type { PointValue } from './point.ts'

/** How the measurements of one kind of instrument become the values that a reader gets. */
export type Aggregation =
  | { readonly type: 'sum' }
  | { readonly type: 'lastValue' }
  /** Without boundaries, each instrument has its own. */
  | ({ readonly type: 'explicit'; readonly boundaries?: readonly number[] } & HistogramFields)
  | ({ readonly type: 'exponential'; readonly maxSize: number } & HistogramFields)

/** Which fields a histogram has besides its buckets. */
interface HistogramFields {
  readonly hasMinMax: boolean
  /** The specification leaves the sum out where values may be negative, because it would not be monotonic. */
  readonly hasSum: boolean
}

/** The values of sdk-metrics' `AggregationType`. */
const [DEFAULT, DROP, SUM, LAST_VALUE, EXPLICIT, EXPONENTIAL] = [0, 1, 2, 3, 4, 5]
const NAMES = ['DEFAULT', 'DROP', 'SUM', 'LAST_VALUE', 'EXPLICIT_BUCKET_HISTOGRAM', 'EXPONENTIAL_HISTOGRAM']

/** How many buckets an exponential histogram has for each sign: by the specification's default, at least and at most. */
export const DEFAULT_MAX_SIZE = 160
const MIN_MAX_SIZE = 2
const MAX_MAX_SIZE = 10_000

/**
 * Returns the aggregation that a reader selects for a kind of instrument; undefined if it drops the kind. If the kind cannot
 * be aggregated so, a warning says it, and the kind has its default: gauges are last values always, and observable
 * instruments have no histograms.
 */
export function aggregationOf(kind: Kind, option: AggregationOption, reader: string): Aggregation | undefined {
  const own = defaultOf(kind)
  switch (option.type) {
    case DROP:
      return undefined
    case DEFAULT:
      return own
    case SUM:
      if (own.type === 'sum') return own
      if (kind === 'HISTOGRAM') return { type: 'sum' }
      break
    case LAST_VALUE:
      if (own.type === 'lastValue') return own
      break
    case EXPLICIT:
    case EXPONENTIAL:
      if (kind === 'HISTOGRAM' || kind === 'COUNTER' || kind === 'UP_DOWN_COUNTER') return histogramOf(kind, option)
  }
  const selected = NAMES[option.type] ?? option.type
  warn(`${reader} selects aggregation ${selected} for ${kind}, which cannot have it; the default one is used`)
  return own
}

function defaultOf(kind: Kind): Aggregation {
  switch (kind) {
    case 'HISTOGRAM':
      return { type: 'explicit', hasMinMax: true, hasSum: true }
    case 'GAUGE':
    case 'OBSERVABLE_GAUGE':
      return { type: 'lastValue' }
    default:
      return { type: 'sum' }
  }
}

function histogramOf(kind: Kind, option: AggregationOption): Aggregation {
  const options = 'options' in option ? option.options : undefined
  const fields = { hasMinMax: options?.recordMinMax ?? true, hasSum: kind !== 'UP_DOWN_COUNTER' }
  if (option.type === EXPLICIT) {
    const boundaries = options !== undefined && 'boundaries' in options ? options.boundaries : DEFAULT_BOUNDARIES
    return { type: 'explicit', boundaries: finiteBoundaries(boundaries), ...fields }
  }
  const selected = (options !== undefined && 'maxSize' in options ? options.maxSize : undefined) ?? DEFAULT_MAX_SIZE
  const maxSize = selected >= MIN_MAX_SIZE ? Math.min(Math.trunc(selected), MAX_MAX_SIZE) : MIN_MAX_SIZE
  if (maxSize !== selected) warn(`Exponential histograms of ${kind} have up to ${maxSize} buckets, not ${selected}`)
  return { type: 'exponential', maxSize, ...fields }
}

/** Returns a histogram with the fields that the aggregation has, and other values as they are. */
export function withFields(value: PointValue, aggregation: Aggregation): PointValue {
  if (typeof value === 'number' || !('hasSum' in aggregation)) return value
  if (aggregation.hasSum && aggregation.hasMinMax) return value
  const histogram = { ...value }
  if (!aggregation.hasSum) delete histogram.sum
  if (!aggregation.hasMinMax) {
    delete histogram.min
    delete histogram.max
  }
  return histogram
}
