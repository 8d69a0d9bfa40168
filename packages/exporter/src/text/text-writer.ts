import type { Collected, Format, ScrapeOptions } from '../collected.ts'
import { FAMILIES } from '../families.ts'
import type { OtherFamily } from '../other-metrics.ts'
import type { Row, SeriesTable } from '../series-table.ts'
import { labelText } from './labels.ts'
import { baseName, type FamilyHead, headLines, seriesLines, takenNames } from './series-lines.ts'
import { sharedItems } from './shared-items.ts'

/** How much text is written at a time, in UTF-16 code units: it takes some tenths of a millisecond. */
const PIECE_LENGTH = 64 * 1024

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
  /** Each series' labels. They are written once. */
  readonly #labels = new WeakMap<Row, string>()

  /**
   * @param constantLabels labels that every series of the table has
   * @param declared the names of the metrics that are written even while they have no series, so that a scraper knows them from the
   *   first scrape on
   */
  constructor(constantLabels: Readonly<Record<string, string>>, declared: ReadonlySet<string>) {
    this.#declared = declared
    this.#constant = Object.entries(constantLabels).map(([label, value]) => labelText(label, value))
  }

  /** Takes the numbers as they are now. The table may change while they are written. */
  take(table: SeriesTable, others: readonly OtherFamily[] = []): Collected {
    const values = table.values.slice()
    const readers = new Map<string, () => Iterable<Buffer>>()
    return {
      write: (options) => {
        const key = JSON.stringify([options.format, options.names && [...options.names]])
        let read = readers.get(key)
        if (read === undefined) {
          read = sharedItems(pieces(this.#texts(table, values, others, options), options.format))
          readers.set(key, read)
          // The responses that share it begin in the same turn of the event loop. After that it would only keep the text
          // in memory that they have sent already.
          setImmediate(() => readers.delete(key))
        }
        return read()
      },
    }
  }

  /** The text, cut anywhere between two lines. */
  *#texts(
    table: SeriesTable,
    values: Float64Array,
    others: readonly OtherFamily[],
    { format, names }: ScrapeOptions,
  ): Iterable<string> {
    for (const [family, rows] of table.rowsByFamily()) {
      if (!isWanted(family, names)) continue
      let head = headLines(family, format)
      if (this.#declared.has(family.name)) {
        yield head
        head = ''
      }
      const lines = seriesLines(family, family.buckets, format)
      for (const row of rows) {
        // A row that is absent, or newer than the numbers, has none.
        if (!(row.offset < values.length) || Number.isNaN(values[row.offset])) continue
        yield head + lines(this.#labelsOf(row), values, row.offset, row.createdMs, row.exemplars)
        head = ''
      }
    }
    yield* otherTexts(others, format, names)
  }

  #labelsOf(row: Row): string {
    const known = this.#labels.get(row)
    if (known !== undefined) return known
    const own = row.family.labels.map(([label], i) => labelText(label, row.labels[i] ?? ''))
    const text = [...own, ...this.#constant].join(',')
    this.#labels.set(row, text)
    return text
  }
}

function* otherTexts(others: readonly OtherFamily[], format: Format, names: ScrapeOptions['names']): Iterable<string> {
  const taken = new Set([...FAMILIES.values()].flatMap((family) => takenNames(family, format)))
  for (const { head, series } of others) {
    const own = takenNames(head, format)
    if (own.some((name) => taken.has(name)) || !isWanted(head, names)) continue
    for (const name of own) taken.add(name)
    yield headLines(head, format)
    let lines = seriesLines(head, [], format)
    let bounds: readonly number[] = []
    for (const { labels, numbers, createdMs, ...one } of series) {
      if (one.bounds !== bounds) {
        bounds = one.bounds
        lines = seriesLines(head, bounds, format)
      }
      yield lines(labels, numbers, 0, createdMs, one.exemplars)
    }
  }
}

/** Whether a scrape wants a metric: it may name it as either format does. */
const isWanted = (family: FamilyHead, names: ScrapeOptions['names']) =>
  names === undefined || names.has(family.name) || names.has(baseName(family))

/** Collects the texts in pieces of about one length. */
function* pieces(texts: Iterable<string>, format: Format): Generator<Buffer> {
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < PIECE_LENGTH) continue
    yield Buffer.from(piece)
    piece = ''
  }
  yield Buffer.from(format === 'openmetrics' ? `${piece}# EOF\n` : piece)
}
