import { type LabelName, METRICS, type MetricDefinition, type MetricKey } from '@agentgateway-otel/metrics'

type KeysOfKind<Kind extends MetricDefinition['kind']> = {
  [K in MetricKey]: (typeof METRICS)[K]['kind'] extends Kind ? K : never
}[MetricKey]

export type Counter = KeysOfKind<'counter'>
export type Gauge = KeysOfKind<'gauge'>
export type Histogram = KeysOfKind<'histogram'>

/** The name of a label that the metric has in the table. */
export type LabelOf<K extends MetricKey> = LabelName<(typeof METRICS)[K]['labels']>

/** A matcher of PromQL for one label: the operator and a quoted string. */
type Match = `${'=' | '!=' | '=~' | '!~'}"${string}"`
export type Where<K extends MetricKey> = { readonly [L in LabelOf<K>]?: Match }

/**
 * Selects a metric's series of the gateways chosen in the dashboard. `suffix` is a histogram's `_bucket`, `_sum` or
 * `_count`.
 */
function series<K extends MetricKey>(key: K, where: Where<K>, suffix = ''): string {
  const matchers = Object.entries({ gateway: '=~"$gateway"', ...where }).map(([label, match]) => `${label}${match}`)
  return `${METRICS[key].name}${suffix}{${matchers.join(', ')}}`
}

const sum = (by: readonly string[], of: string) =>
  by.length === 0 ? `sum(${of})` : `sum by (${by.join(', ')}) (${of})`

const rate = (of: string) => `rate(${of}[$__rate_interval])`

/** A counter's increase per second. */
export function perSecond<K extends Counter>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, rate(series(key, where)))
}

/** A counter's increase over the whole time range of the dashboard. */
export function increase<K extends Counter>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, `increase(${series(key, where)}[$__range])`)
}

/** The sum of a gauge. */
export function total<K extends Gauge>(key: K, by: readonly LabelOf<K>[]): string {
  return sum(by, series(key, {}))
}

/**
 * The share of the events matching `whole` that also match `part`, from 0 to 1.
 *
 * A counter's series begins at its first event, so the query adds a share of 0 where `part` has no series yet. Where
 * nothing happened at all there is no share, instead of 0 / 0.
 */
export function share<K extends Counter>(
  key: K,
  part: Where<K>,
  by: readonly LabelOf<K>[],
  whole: Where<K> = {},
): string {
  const all = perSecond(key, by, whole)
  return `(\n  ${perSecond(key, by, { ...whole, ...part })}\n  or\n  0 * ${all}\n) / (${all} > 0)`
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
export function mean<K extends Histogram>(key: K, by: readonly LabelOf<K>[]): string {
  return `${sumPerSecond(key, by)} / (${sum(by, rate(series(key, {}, '_count')))} > 0)`
}

/** The sum of a histogram's values per second. */
export function sumPerSecond<K extends Histogram>(key: K, by: readonly LabelOf<K>[]): string {
  return sum(by, rate(series(key, {}, '_sum')))
}
