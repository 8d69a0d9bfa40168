import type { Format } from '../collected.ts'
import { escapeLine, escapeQuoted } from './labels.ts'
import { boundText, numberText } from './numbers.ts'

/** What the formats write about a metric, besides its series. */
export interface FamilyHead {
  /** The name in the text format. That of a counter ends in `_total`. */
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** The unit in which the name ends, before `_total`; empty where it ends in none. */
  readonly unit: string
}

/** One measurement of a histogram's bucket, with the span in which it was made. */
export interface PointExemplar {
  readonly value: number
  readonly timeMs: number
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
}

/** The newest exemplar of each bucket of a histogram, by the bucket's index. */
export type Exemplars = readonly (PointExemplar | undefined)[]

/**
 * Writes the lines of one series.
 *
 * @param labels the labels as they stand between the braces; empty where there are none
 * @param values holds the series' numbers: one value, or a histogram's counts by bucket and, where it has one, its sum
 * @param offset the index of the first number
 * @param createdMs when the series began, in milliseconds since 1970; 0 where it is not known
 */
export type SeriesLines = (
  labels: string,
  values: ArrayLike<number>,
  offset: number,
  createdMs: number,
  exemplars?: Exemplars,
) => string

/** Returns the name of a metric without the suffix of counters: OpenMetrics calls the metric so. */
export const baseName = ({ name, kind }: FamilyHead): string =>
  kind === 'counter' ? name.replace(/_total$/, '') : name

/**
 * Returns the names that a metric takes in a format, of its samples and of itself. Two metrics that take the same one
 * cannot both be written: a scraper would see one series twice, or in OpenMetrics one metric twice.
 */
export function takenNames(family: FamilyHead, format: Format): readonly string[] {
  const { name, kind } = family
  const created = format === 'openmetrics' && kind !== 'gauge' ? [`${baseName(family)}_created`] : []
  const samples = kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
  return [format === 'openmetrics' ? baseName(family) : name, ...samples, ...created]
}

/** Returns the lines that come before a metric's series. */
export function headLines(family: FamilyHead, format: Format): string {
  const { name, kind, help, unit } = family
  if (format === 'text') return `# HELP ${name} ${escapeLine(help)}\n# TYPE ${name} ${kind}\n`
  const base = baseName(family)
  const unitLine = unit === '' ? '' : `# UNIT ${base} ${unit}\n`
  return `# TYPE ${base} ${kind}\n${unitLine}# HELP ${base} ${escapeQuoted(help)}\n`
}

/** Returns the function that writes the series of a metric. */
export function seriesLines(family: FamilyHead, bounds: readonly number[], format: Format): SeriesLines {
  if (family.kind === 'histogram') return format === 'text' ? histogramText(family, bounds) : histogram(family, bounds)
  return format === 'openmetrics' && family.kind === 'counter' ? counter(family) : value(family)
}

const braced = (labels: string) => (labels === '' ? '' : `{${labels}}`)

/** Returns what comes between the names of a bucket and of its bound. */
const openBrace = (labels: string) => (labels === '' ? '{' : `{${labels},`)

const bucketEnds = (bounds: readonly number[], format: Format) =>
  [...bounds, Number.POSITIVE_INFINITY].map((bound) => `le="${boundText(bound, format)}"} `)

const value =
  ({ name }: FamilyHead): SeriesLines =>
  (labels, values, offset) =>
    `${name}${braced(labels)} ${numberText(values[offset] as number)}\n`

function histogramText({ name }: FamilyHead, bounds: readonly number[]): SeriesLines {
  const ends = bucketEnds(bounds, 'text')
  return (labels, values, offset) => {
    const bucket = `${name}_bucket${openBrace(labels)}`
    let text = ''
    let count = 0
    for (let i = 0; i < ends.length; i++) {
      count += values[offset + i] as number
      text += `${bucket}${ends[i]}${count}\n`
    }
    const ownLabels = braced(labels)
    const sum = values[offset + ends.length]
    if (sum !== undefined) text += `${name}_sum${ownLabels} ${numberText(sum)}\n`
    return `${text}${name}_count${ownLabels} ${count}\n`
  }
}

/** Writes a counter in OpenMetrics, where it cannot be negative or NaN: such a series is left out. */
function counter(family: FamilyHead): SeriesLines {
  const { name } = family
  const base = baseName(family)
  return (labels, values, offset, createdMs) => {
    const total = values[offset] as number
    if (!(total >= 0)) return ''
    return `${name}${braced(labels)} ${numberText(total)}\n${createdLine(base, braced(labels), createdMs)}`
  }
}

/**
 * Writes a histogram in OpenMetrics. Its sum must be one that never falls, so a histogram with negative bounds has none
 * there, and a series whose sum is negative or NaN is left out.
 */
function histogram({ name }: FamilyHead, bounds: readonly number[]): SeriesLines {
  const ends = bucketEnds(bounds, 'openmetrics')
  const canHaveSum = !(bounds[0] !== undefined && bounds[0] < 0)
  return (labels, values, offset, createdMs, exemplars) => {
    const sum = canHaveSum ? values[offset + ends.length] : undefined
    if (sum !== undefined && !(sum >= 0)) return ''
    const bucket = `${name}_bucket${openBrace(labels)}`
    let text = ''
    let count = 0
    for (let i = 0; i < ends.length; i++) {
      count += values[offset + i] as number
      const exemplar = exemplars?.[i]
      text += `${bucket}${ends[i]}${count}${exemplar === undefined ? '' : exemplarText(exemplar)}\n`
    }
    const ownLabels = braced(labels)
    if (sum !== undefined) text += `${name}_sum${ownLabels} ${numberText(sum)}\n`
    return `${text}${name}_count${ownLabels} ${count}\n${createdLine(name, ownLabels, createdMs)}`
  }
}

const createdLine = (base: string, ownLabels: string, createdMs: number) =>
  createdMs > 0 ? `${base}_created${ownLabels} ${createdMs / 1000}\n` : ''

const exemplarText = ({ value, timeMs, traceId, spanId }: PointExemplar) =>
  ` # {trace_id="${traceId}",span_id="${spanId}"} ${value} ${timeMs / 1000}`
