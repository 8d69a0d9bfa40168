import { type LABEL_SETS, METRICS, type MetricDefinition, type MetricKey } from '@agentgateway-otel/metrics'

type KeysOfKind<Kind extends MetricDefinition['kind']> = {
  [K in MetricKey]: (typeof METRICS)[K]['kind'] extends Kind ? K : never
}[MetricKey]

export type Counter = KeysOfKind<'counter'>
export type Gauge = KeysOfKind<'gauge'>
export type Histogram = KeysOfKind<'histogram'>

/** The labels that a metric has in the table. */
export type LabelOf<K extends MetricKey> = (typeof LABEL_SETS)[(typeof METRICS)[K]['labels']][number][0]

/** What a label must match: PromQL's operator and a quoted string. */
type Match = `${'=' | '!=' | '=~' | '!~'}"${string}"`
export type Where<K extends MetricKey> = { readonly [L in LabelOf<K>]?: Match }

/** Series of the gateways that the dashboard's reader has chosen; `suffix` is a histogram's `_bucket`, `_sum` or `_count`. */
function series<K extends MetricKey>(key: K, where: Where<K>, suffix = ''): string {
  const matchers = Object.entries({ gateway: '=~"$gateway"', ...where }).map(([label, match]) => `${label}${match}`)
  return `${METRICS[key].name}${suffix}{${matchers.join(', ')}}`
}

const sum = (by: readonly string[], of: string) =>
  by.length === 0 ? `sum(${of})` : `sum by (${by.join(', ')}) (${of})`

const rate = (of: string) => `rate(${of}[$__rate_interval])`

/** A counter's increase a second. */
export function perSecond<K extends Counter>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, rate(series(key, where)))
}

/** A counter's increase over the time that the dashboard shows. */
export function increase<K extends Counter>(key: K, by: readonly LabelOf<K>[], where: Where<K> = {}): string {
  return sum(by, `increase(${series(key, where)}[$__range])`)
}

/** A gauge, added up. */
export function total<K extends Gauge>(key: K, by: readonly LabelOf<K>[]): string {
  return sum(by, series(key, {}))
}

/**
 * Which share of `whole` is also `part`, from 0 to 1.
 *
 * A counter's series begins at its first event, so where nothing has failed yet there is no `part`: that is a share of
 * 0, as long as there is a whole. Where nothing happened at all there is no share, rather than 0 / 0.
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

/** An estimate of a quantile, from the buckets. */
export function quantile<K extends Histogram>(
  q: number,
  key: K,
  by: readonly LabelOf<K>[],
  where: Where<K> = {},
): string {
  return `histogram_quantile(${q}, ${sum(['le', ...by], rate(series(key, where, '_bucket')))})`
}

/**
 * How many events of one counter there are for each event of another. Both are added up by `shared` labels, and the
 * first one by others of its own (`by`) as well.
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

/** The mean of what a histogram observed, exact. */
export function mean<K extends Histogram>(key: K, by: readonly LabelOf<K>[]): string {
  return `${sumPerSecond(key, by)} / (${sum(by, rate(series(key, {}, '_count')))} > 0)`
}

/** What a histogram observed, added up, a second. */
export function sumPerSecond<K extends Histogram>(key: K, by: readonly LabelOf<K>[]): string {
  return sum(by, rate(series(key, {}, '_sum')))
}
