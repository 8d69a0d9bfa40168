import {
  type Counter,
  type Gauge,
  type Histogram,
  increaseFromBirth,
  type LabelOf,
  type Match,
  nameOf,
  select,
  share,
  sum,
  type Where,
} from '../promql.ts'
import { chosen } from './variables.ts'

/** Selects a metric's series of what is chosen in the dashboard. */
function series<K extends Counter | Gauge | Histogram>(
  key: K,
  where: Where<K>,
  suffix?: '_bucket' | '_sum' | '_count',
): string {
  return select(nameOf(key, suffix), [...chosen(key), ...(Object.entries(where) as [string, Match][])])
}

const rate = (of: string) => `rate(${of}[$__rate_interval])`

/** A counter's increase per second. */
export function perSecond<K extends Counter>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, rate(series(key, where)))
}

/** A counter's increase over the whole time range of the dashboard, first events included. */
export function increase<K extends Counter>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, increaseFromBirth(series(key, where), '$__range'))
}

/** A counter's increase within each interval of a panel of bars, first events included. */
export function perInterval<K extends Counter>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, increaseFromBirth(series(key, where), '$__interval'))
}

/** The sum of a gauge. */
export function total<K extends Gauge>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, series(key, where))
}

/** The share of a counter's events matching `whole` that also match `part`, from 0 to 1. */
export function shareOf<K extends Counter>(
  key: K,
  part: Where<K>,
  by: readonly LabelOf<K>[],
  whole: Where<K> = {},
): string {
  return share(perSecond(key, by, { ...whole, ...part }), perSecond(key, by, whole))
}

/** Like `shareOf`, with the first event of each series, so that one failure among a few requests shows. */
export function exactShareOf<K extends Counter>(key: K, part: Where<K>, whole: Where<K> = {}): string {
  const all = (where: Where<K>) => sum([], increaseFromBirth(series(key, where), '$__rate_interval'))
  return share(all({ ...whole, ...part }), all(whole))
}

/** An estimate of a quantile from a histogram's buckets. */
export function quantile<K extends Histogram>(
  q: number,
  key: K,
  by: readonly LabelOf<K>[],
  where: Where<K> = {},
): string {
  return `histogram_quantile(${q}, ${sum(['le', ...by], rate(series(key, where, '_bucket')))})`
}

/** How many of a histogram's values fall into each bucket. */
export function perBucket<K extends Histogram>(key: K, where: Where<K> = {}): string {
  return sum(['le'], `increase(${series(key, where, '_bucket')}[$__rate_interval])`)
}

/**
 * The number of one counter's events for each event of another. Both are summed by the `shared` labels, and the first
 * one by labels of its own (`by`) as well.
 */
export function perEvent<K extends Counter, O extends Counter>(
  key: K,
  by: readonly LabelOf<K>[],
  of: O,
  where: Where<O> = {},
  shared: readonly (LabelOf<K> & LabelOf<O>)[] = [],
): string {
  const matching = by.length === 0 ? '' : `on (${shared.join(', ')}) group_left () `
  return `${perSecond(key, [...shared, ...by])} / ${matching}(${perSecond(of, shared, where)} > 0)`
}

/** The exact mean of a histogram's values. */
export function mean<K extends Histogram>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return `${sumPerSecond(key, by, where)} / (${countPerSecond(key, by, where)} > 0)`
}

/** The sum of a histogram's values per second. */
export function sumPerSecond<K extends Histogram>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, rate(series(key, where, '_sum')))
}

/** The number of a histogram's values per second. */
export function countPerSecond<K extends Histogram>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, rate(series(key, where, '_count')))
}

/** The number of instances that have a gauge. */
export function instances<K extends Gauge>(key: K, by: readonly LabelOf<K>[]): string {
  return `count by (${by.join(', ')}) (${series(key, {})})`
}

/** How many series a panel shows of what there may be a thousand of. */
const TOP = 10

/**
 * Leaves of a query the series with the most events of a counter over the whole time range. `topk` alone would choose
 * anew at each point in time.
 */
export function top<K extends Counter>(expr: string, key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  const events = sum(by, `increase(${series(key, where)}[$__range] @ end())`)
  return `${expr}\nand on (${by.join(', ')}) topk(${TOP}, ${events})`
}
