import { histogramQuantile } from '../../reading/quantile.ts'
import { bucketsOf, type Groups, only, type Query } from '../../reading/query.ts'
import type { Growth, History } from './history.ts'
import type { Line, Tone } from './panel.ts'

/** How many lines a chart has: those of the largest groups, and one for the rest. */
const MAX_LINES = 6

/** What makes a rate per second one per minute. */
export const SECONDS_PER_MINUTE = 60

/** A group of series, with its latest value. */
export interface Group {
  readonly key: string
  readonly value: number
}

/** Returns the groups of a query, largest first. */
export function largest(groups: Groups): readonly Group[] {
  return [...groups].map(([key, [value = 0]]) => ({ key, value })).sort((a, b) => b.value - a.value)
}

export interface LineStyle {
  readonly name: (key: string) => string
  /** Default: a colour for each line, by its place. */
  readonly tone?: (key: string) => Tone
}

/** Returns the rate of the latest window by group, per second. */
export function rateOf(growth: Growth | undefined, key: string): number {
  if (growth === undefined) return Number.NaN
  return (growth.groups.get(key)?.[0] ?? 0) / growth.seconds
}

/** Draws the rates of counters, per second times `factor`. */
export function rateLines(history: History, query: Query, style: LineStyle, factor = 1): readonly Line[] {
  const growths = history.growths(query)
  return linesOf(largest(history.latest(query)), style, (key) => growths.map((growth) => factor * rateOf(growth, key)))
}

/** Draws gauges. */
export function gaugeLines(history: History, query: Query, style: LineStyle): readonly Line[] {
  const points = history.groups(query)
  return linesOf(largest(history.latest(query)), style, (key) => points.map((groups) => groups.get(key)?.[0] ?? 0))
}

/** The colour of the line in this place. */
export const toneAt = (place: number): Tone => (place < MAX_LINES ? `c${place}` : 'other')

function linesOf(
  groups: readonly Group[],
  { name, tone }: LineStyle,
  valuesOf: (key: string) => readonly number[],
): readonly Line[] {
  // One group too many is shown rather than a rest of one.
  const shown = groups.length <= MAX_LINES + 1 ? groups : groups.slice(0, MAX_LINES)
  const lines = shown.map(({ key }, i) => ({ name: name(key), tone: tone?.(key) ?? toneAt(i), values: valuesOf(key) }))
  const rest = groups.slice(shown.length).map(({ key }) => valuesOf(key))
  if (rest.length === 0) return lines
  const sums = rest.reduce((sums, values) => sums.map((sum, i) => sum + (values[i] as number)))
  return [...lines, { name: `${rest.length} others`, tone: 'other', values: sums }]
}

export const QUANTILES = [
  { quantile: 0.5, name: 'p50', tone: 'c0' },
  { quantile: 0.95, name: 'p95', tone: 'c1' },
  { quantile: 0.99, name: 'p99', tone: 'c2' },
] as const

/** Draws the quantiles of a histogram, each over the window that ends at the point. */
export function quantileLines(history: History, query: Query, bounds: readonly number[]): readonly Line[] {
  const growths = history.growths(query)
  return QUANTILES.map(({ quantile, name, tone }) => ({
    name,
    tone,
    values: growths.map((growth) => quantileOf(growth?.groups, bounds, quantile)),
  }))
}

/** Returns a quantile of the histogram that `sumOf` makes; NaN where nothing was observed. */
export function quantileOf(groups: Groups | undefined, bounds: readonly number[], quantile: number): number {
  const numbers = only(groups)
  return numbers === undefined ? Number.NaN : histogramQuantile(quantile, bounds, bucketsOf(numbers).counts)
}

/** The last value of a line that is known. */
export const lastOf = ({ values }: Line): number => values.at(-1) ?? Number.NaN
