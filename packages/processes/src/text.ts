import type { Family } from './families.ts'
import type { SumRow, Sums } from './sums.ts'

/** So much text at a time: some tenths of a millisecond. */
const PIECE_CHARACTERS = 64 * 1024

/**
 * Writes the sums in Prometheus' text format 0.0.4. exporter-prometheus' serializer blocks the event loop for the whole
 * of it, and takes data points that would have to be made only for it.
 *
 * @param constant a label on every series, if there is one
 * @param declared the names of the metrics that are declared also while they have no series
 * @returns the text in pieces, to be asked for one after the other while the event loop goes on
 */
export function* writeText(
  sums: Sums,
  constant: readonly [name: string, value: string] | undefined,
  declared: ReadonlySet<string>,
): Iterable<Buffer> {
  const suffix = constant === undefined ? '' : `${constant[0]}="${escaped(constant[1])}"`
  let text = ''
  for (const [family, rows] of sums.families()) {
    if (rows.length === 0 && !declared.has(family.name)) continue
    text += `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.kind}\n`
    const write = family.kind === 'histogram' ? histogramWriter(family) : writeValue
    for (const row of rows) {
      text += write(row, labelsOf(row, suffix), sums.values)
      if (text.length < PIECE_CHARACTERS) continue
      yield Buffer.from(text)
      text = ''
    }
  }
  yield Buffer.from(text)
}

const writeValue = ({ family, offset }: SumRow, labels: string, values: Float64Array) =>
  `${family.name}${labels === '' ? '' : `{${labels}}`} ${values[offset]}\n`

function histogramWriter({ name, buckets }: Family) {
  const bounds = [...buckets.map(String), '+Inf'].map((bound) => `le="${bound}"} `)
  return ({ offset }: SumRow, labels: string, values: Float64Array) => {
    const before = `${name}_bucket{${labels}${labels === '' ? '' : ','}`
    let text = ''
    let count = 0
    for (let i = 0; i < bounds.length; i++) {
      count += values[offset + i] as number
      text += `${before}${bounds[i]}${count}\n`
    }
    const braced = labels === '' ? '' : `{${labels}}`
    return `${text}${name}_sum${braced} ${values[offset + bounds.length]}\n${name}_count${braced} ${count}\n`
  }
}

/** Kept as long as the row is. */
const written = new WeakMap<SumRow, string>()

function labelsOf(row: SumRow, suffix: string): string {
  const known = written.get(row)
  if (known !== undefined) return known
  const own = row.family.labels.map(([label], i) => `${label}="${escaped(row.labels[i] ?? '')}"`)
  const text = [...own, ...(suffix === '' ? [] : [suffix])].join(',')
  written.set(row, text)
  return text
}

const escaped = (value: string) => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
