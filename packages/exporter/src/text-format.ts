import type { Family } from './families.ts'
import type { Row, SeriesTable } from './series-table.ts'

/** How much text is written at a time, in UTF-16 code units: it takes some tenths of a millisecond. */
const PIECE_LENGTH = 64 * 1024

/**
 * Writes the table's metrics in Prometheus' text format 0.0.4, those of one process and the sums of many alike.
 *
 * `PrometheusSerializer` of `@opentelemetry/exporter-prometheus` is the contract, and a test compares the two. The
 * serializer does not write these metrics itself, because it blocks the event loop for its whole run, writes each
 * series' labels again at every scrape, and reads data points, which the sums of many processes are not.
 */
export class TextWriter {
  /** The constant labels, as they end each series' own. */
  readonly #constant: readonly string[]
  readonly #declared: ReadonlySet<string>
  /** Each series' labels. They are written once. */
  readonly #labels = new WeakMap<Row, string>()

  /**
   * @param constantLabels labels that every series has
   * @param declared the names of the metrics that are written even while they have no series, so that a scraper knows them from the
   *   first scrape on
   */
  constructor(constantLabels: Readonly<Record<string, string>>, declared: ReadonlySet<string>) {
    this.#declared = declared
    this.#constant = Object.entries(constantLabels).map(([label, value]) => labelText(label, value))
  }

  /**
   * Writes the families that are declared or have series. The event loop goes on between two pieces of the text; the table must not
   * change meanwhile.
   */
  async write(table: SeriesTable): Promise<Buffer[]> {
    const pieces: Buffer[] = []
    for (const piece of this.#pieces(table)) {
      if (pieces.length > 0) await new Promise((resolve) => setImmediate(resolve))
      pieces.push(piece)
    }
    return pieces
  }

  *#pieces(table: SeriesTable): Iterable<Buffer> {
    const { values } = table
    let text = ''
    for (const [family, rows] of table.families()) {
      if (rows.length === 0 && !this.#declared.has(family.name)) continue
      text += `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.kind}\n`
      const write = family.kind === 'histogram' ? histogramWriter(family) : writeValue
      for (const row of rows) {
        text += write(row, this.#labelsOf(row), values)
        if (text.length < PIECE_LENGTH) continue
        yield Buffer.from(text)
        text = ''
      }
    }
    yield Buffer.from(text)
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

const writeValue = ({ family, offset }: Row, labels: string, values: Float64Array) =>
  `${family.name}{${labels}} ${values[offset]}\n`

function histogramWriter({ name, buckets }: Family) {
  const bounds = [...buckets.map(String), '+Inf'].map((bound) => `,le="${bound}"} `)
  return ({ offset }: Row, labels: string, values: Float64Array) => {
    const bucket = `${name}_bucket{${labels}`
    let text = ''
    let count = 0
    for (let i = 0; i < bounds.length; i++) {
      count += values[offset + i] as number
      text += `${bucket}${bounds[i]}${count}\n`
    }
    return `${text}${name}_sum{${labels}} ${values[offset + bounds.length]}\n${name}_count{${labels}} ${count}\n`
  }
}

const labelText = (label: string, value: string) =>
  `${label}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`
