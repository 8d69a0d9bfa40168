import type { Format } from '../collected.ts'
import { escapeLine, escapeQuoted } from './labels.ts'
import { boundText, numberText } from './numbers.ts'
import { TextBuffer } from './text-buffer.ts'

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
interface PointExemplar {
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
export type WriteSeries = (
  out: TextBuffer,
  labels: string,
  values: ArrayLike<number>,
  offset: number,
  createdMs: number,
  exemplars: Exemplars | undefined,
) => void

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
export function seriesWriter(family: FamilyHead, bounds: readonly number[], format: Format): WriteSeries {
  if (family.kind === 'histogram') return histogramWriter(family, bounds, format)
  return format === 'openmetrics' && family.kind === 'counter' ? counterWriter(family) : valueWriter(family)
}

const valueWriter =
  ({ name }: FamilyHead): WriteSeries =>
  (out, labels, values, offset) =>
    writeLine(out, name, labels, values[offset] as number)

/** Writes counters of OpenMetrics, which cannot be negative or NaN: such a series is left out. */
function counterWriter(family: FamilyHead): WriteSeries {
  const created = `${baseName(family)}_created`
  return (out, labels, values, offset, createdMs) => {
    const total = values[offset] as number
    if (!(total >= 0)) return
    writeLine(out, family.name, labels, total)
    writeCreated(out, created, labels, createdMs)
  }
}

/**
 * Writes histograms. In OpenMetrics a sum can never fall: a histogram with negative bounds has none there, nor has a
 * series whose sum is negative or NaN. A histogram without a sum has no count either in OpenMetrics.
 */
function histogramWriter({ name }: FamilyHead, bounds: readonly number[], format: Format): WriteSeries {
  const [bucket, sum, count, created] = [`${name}_bucket`, `${name}_sum`, `${name}_count`, `${name}_created`]
  const ends = bucketEnds(bounds, format)
  const isOpenMetrics = format === 'openmetrics'
  const hasNegativeBound = bounds[0] !== undefined && bounds[0] < 0
  return (out, labels, values, offset, createdMs, exemplars) => {
    const total = values[offset + ends.length]
    const hasSum = total !== undefined && (!isOpenMetrics || (total >= 0 && !hasNegativeBound))
    const shown = isOpenMetrics ? exemplars : undefined
    const inBuckets =
      shown === undefined && TextBuffer.holdsBuckets(bucket, labels, ends.length)
        ? out.writeBuckets(bucket, labels, ends, values, offset)
        : writeLineByLine(out, bucket, labels, ends, values, offset, shown)
    if (hasSum) writeLine(out, sum, labels, total)
    if (hasSum || !isOpenMetrics) writeLine(out, count, labels, inBuckets)
    if (isOpenMetrics) writeCreated(out, created, labels, createdMs)
  }
}

/** Writes buckets that have exemplars, or whose labels are so long that one piece does not hold all of them. */
function writeLineByLine(
  out: TextBuffer,
  bucket: string,
  labels: string,
  ends: readonly Buffer[],
  counts: ArrayLike<number>,
  offset: number,
  exemplars: Exemplars | undefined,
): number {
  let total = 0
  for (const [i, end] of ends.entries()) {
    total += counts[offset + i] as number
    const exemplar = exemplars?.[i]
    const exemplarPart = exemplar === undefined ? '' : exemplarText(exemplar)
    out.writeBucket(bucket, labels, `${end}${total}${exemplarPart}\n`)
  }
  return total
}

const bucketEnds = (bounds: readonly number[], format: Format) =>
  [...bounds, Number.POSITIVE_INFINITY].map((bound) => Buffer.from(`le="${boundText(bound, format)}"} `))

function writeLine(out: TextBuffer, name: string, labels: string, value: number): void {
  out.beginSample(name, labels)
  out.writeNumber(value)
  out.endLine()
}

function writeCreated(out: TextBuffer, name: string, labels: string, createdMs: number): void {
  if (createdMs > 0) writeLine(out, name, labels, createdMs / 1000)
}

const exemplarText = ({ value, timeMs, traceId, spanId }: PointExemplar) =>
  ` # {trace_id="${traceId}",span_id="${spanId}"} ${numberText(value)} ${timeMs / 1000}`
