import type { Collected, Format, ScrapeOptions } from '../collected.ts'
import { FAMILIES, type Families } from '../series/families.ts'
import type { OtherFamily } from '../series/other-metrics.ts'
import type { Row, SeriesTable } from '../series/series-table.ts'
import { labelText } from './labels.ts'
import { baseName, type FamilyHead, headLines, seriesWriter, takenNames } from './series-lines.ts'
import { PiecePool, TextBuffer } from './text-buffer.ts'

/**
 * Writes metrics in Prometheus' text format 0.0.4 and in OpenMetrics 1.0.0: the table's and all others, those of one
 * process and of many alike.
 *
 * `PrometheusSerializer` of `@opentelemetry/exporter-prometheus` is the contract, and a test compares the two. The
 * serializer itself is not used, because it blocks the event loop for its whole run, writes each series' labels again at
 * every scrape, reads data points, which the sums of many processes are not, and knows no OpenMetrics.
 */
export class TextWriter {
  /** The constant labels, as they end each series' own. */
  readonly #constant: readonly string[]
  readonly #declared: ReadonlySet<string>
  readonly #table: SeriesTable
  readonly #pool = new PiecePool()
  /** What writes the families of the table, by format. It is made at the first scrape. */
  readonly #writers: Partial<Record<Format, ReturnType<typeof writersOf>>> = {}
  /** The labels of each series, by its index in the table. They are written once. */
  readonly #labels: string[] = []

  /**
   * @param table the series of the table's metrics
   * @param constantLabels labels that every series of the table has
   * @param declared the names of the metrics that are written even while they have no series, so that a scraper knows them from the
   *   first scrape on
   */
  constructor(table: SeriesTable, constantLabels: Readonly<Record<string, string>>, declared: ReadonlySet<string>) {
    this.#table = table
    this.#declared = declared
    this.#constant = Object.entries(constantLabels).map(([label, value]) => labelText(label, value))
  }

  /** Takes the numbers as they are now. The table may change while they are written. */
  take(others: readonly OtherFamily[] = []): Collected {
    const values = this.#table.values.slice()
    return {
      write: (options) => this.#pieces(values, others, options),
      release: (piece) => this.#pool.release(piece),
    }
  }

  *#pieces(values: Float64Array, others: readonly OtherFamily[], { format, names }: ScrapeOptions): Generator<Buffer> {
    const out = new TextBuffer(this.#pool)
    this.#writers[format] ??= writersOf(this.#table.families, format)
    const writers = this.#writers[format]
    for (const [family, rows] of this.#table.rowsByFamily()) {
      const writer = writers.get(family)
      if (writer === undefined || !isWanted(family, names)) continue
      const { head, write } = writer
      let hasHead = this.#declared.has(family.name)
      if (hasHead) out.writeLines(head)
      for (const row of rows) {
        // A row that is absent, or newer than the numbers, has none.
        if (!(row.offset < values.length) || Number.isNaN(values[row.offset])) continue
        if (!hasHead) out.writeLines(head)
        hasHead = true
        write(out, this.#labelsOf(row), values, row.offset, row.createdMs, row.exemplars)
        if (out.hasFull) yield* out.takeFull()
      }
    }
    for (const { head, series } of writable(others, format)) {
      if (!isWanted(head, names)) continue
      out.writeLines(headLines(head, format))
      let bounds: readonly number[] = []
      let write = seriesWriter(head, bounds, format)
      for (const one of series) {
        if (one.bounds !== bounds) {
          bounds = one.bounds
          write = seriesWriter(head, bounds, format)
        }
        write(out, one.labels, one.numbers, 0, one.createdMs, one.exemplars)
        if (out.hasFull) yield* out.takeFull()
      }
    }
    if (format === 'openmetrics') out.writeLines('# EOF\n')
    yield* out.takeFull()
    if (out.hasMore) yield out.takeLast()
  }

  #labelsOf(row: Row): string {
    const known = this.#labels[row.index]
    if (known !== undefined) return known
    const own = row.family.labels.map(([label], i) => labelText(label, row.labels[i] ?? ''))
    const text = [...own, ...this.#constant].join(',')
    this.#labels[row.index] = text
    return text
  }
}

const writersOf = (families: Families, format: Format) =>
  new Map(
    Array.from(families.values(), (family) => [
      family,
      { head: headLines(family, format), write: seriesWriter(family, family.buckets, format) },
    ]),
  )

/** The metrics that take none of the names that the table's, or those before them, have. */
function* writable(others: readonly OtherFamily[], format: Format): Iterable<OtherFamily> {
  if (others.length === 0) return
  const taken = new Set([...FAMILIES.values()].flatMap((family) => takenNames(family, format)))
  for (const other of others) {
    const own = takenNames(other.head, format)
    if (own.some((name) => taken.has(name))) continue
    for (const name of own) taken.add(name)
    yield other
  }
}

/** Whether a scrape wants a metric: it may name it as either format does. */
const isWanted = (family: FamilyHead, names: ScrapeOptions['names']) =>
  names === undefined || names.has(family.name) || names.has(baseName(family))
