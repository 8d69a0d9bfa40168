/**
 * Parts of PromQL queries over the table of metrics, for the rules and for the dashboards. Types hold that a query names only
 * labels that its metric has.
 *
 * @module
 */
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
export type Match = `${'=' | '!=' | '=~' | '!~'}"${string}"`
export type Where<K extends MetricKey> = { readonly [L in LabelOf<K>]?: Match }

/** Matchers of a selector. A label may have several. */
export type Matchers = readonly (readonly [label: string, match: Match])[]

/** Returns the name that a metric, or a part of a histogram, has in a scrape. */
export function nameOf(key: MetricKey, suffix: '' | '_bucket' | '_sum' | '_count' = ''): string {
  return METRICS[key].name.replaceAll('.', '_') + suffix
}

export function select(name: string, matchers: Matchers): string {
  const text = matchers.map(([label, match]) => `${label}${match}`).join(', ')
  return text === '' ? name : `${name}{${text}}`
}

export function sum(by: readonly string[], of: string): string {
  return by.length === 0 ? `sum(${of})` : `sum by (${by.join(', ')}) (${of})`
}

/**
 * How far back `increaseFromBirth` looks for a series. A target that Prometheus could not scrape for longer counts as new
 * when it is back, with all that it has counted.
 */
const MEMORY = '1h'

/**
 * The increase of each of a counter's series within a window, the first event included.
 *
 * A counter's series appears with its first event, and `increase` needs a sample before that: it returns 0 for the first
 * failure of a kind. So a series that was not there when the window began counts with its value. One that was there within
 * the last hour, with the same value or a lower one, was missing only because its target could not be scraped, and has
 * the increase that `increase` returns.
 *
 * @param selector a selector of a counter's series
 * @param window a duration
 */
export function increaseFromBirth(selector: string, window: string): string {
  const value = `last_over_time(${selector}[${window}])`
  const before = `${selector} offset ${window} or last_over_time(${selector}[${MEMORY}] offset ${window}) <= ${value}`
  return `\n  ${value} unless (${before})\n  or increase(${selector}[${window}])\n`
}

/**
 * The share of `part` in `whole`, from 0 to 1. Both have the same labels. A series of a counter begins at its first event, so
 * the share is 0 where `part` has no series; where nothing happened at all there is no share, instead of 0 / 0.
 */
export function share(part: string, whole: string): string {
  return `(\n  ${part}\n  or 0 * ${whole}\n) / (${whole} > 0)`
}
