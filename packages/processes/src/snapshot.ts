import { type ClosedLabel, OTHER } from '@agentgateway-otel/metrics'
import { FAMILIES, type Family } from './families.ts'
import { ID, type Identity, parseIdentity } from './identity.ts'

/**
 * What one process has counted, as it lies in a file: a line of JSON about it, one for each series, then the numbers, as
 * this machine writes doubles. The numbers change all the time; lines are only ever added, so nobody reads one twice.
 */
export interface Snapshot {
  /** Undefined for what the ended processes have counted. */
  readonly process: Identity | undefined
  /** The processes that are in there besides. */
  readonly absorbed: readonly string[]
  readonly series: SeriesTable
  readonly values: Float64Array
}

/** The series of one process. It grows, and what is in it stays. */
export interface SeriesTable {
  /** Undefined stands for one that this version does not know, or that is out of bounds. */
  readonly rows: readonly (Row | undefined)[]
  /** Where each row's numbers begin. */
  readonly offsets: readonly number[]
}

export interface Row {
  readonly family: Family
  /** The labels' values, in the table's order. */
  readonly labels: readonly string[]
}

export const MAX_SNAPSHOT_BYTES = 32 * 1024 * 1024
const MAX_ROWS = 50_000
const MAX_ABSORBED = 100_000
const MAX_WIDTH = 64
const FORMAT = 1
const MAGIC = 'AGWOTEL1'
const PREAMBLE_BYTES = 16

/** The first line. */
export function encodeAbout(about: { process?: Identity; absorbed?: readonly string[] }): Buffer {
  const widths = Object.fromEntries([...FAMILIES.values()].map(({ name, width }) => [name, width]))
  return Buffer.from(`${JSON.stringify({ format: FORMAT, ...about, widths })}\n`)
}

export const encodeRow = ({ family, labels }: Row): string => `${JSON.stringify([family.name, ...labels])}\n`

/** The whole file, of its lines and its numbers. */
export function encodeSnapshot(lines: readonly Uint8Array[], values: Float64Array): readonly Uint8Array[] {
  const length = lines.reduce((sum, line) => sum + line.length, 0)
  // The numbers have to begin at a multiple of eight.
  const padding = Buffer.alloc((8 - (length % 8)) % 8, ' ')
  const preamble = Buffer.alloc(PREAMBLE_BYTES)
  preamble.write(MAGIC, 'latin1')
  preamble.writeUInt32LE(length, 8)
  return [preamble, ...lines, padding, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]
}

/** What is in a file, and how to go on reading when it has grown. */
export interface Decoded {
  readonly snapshot: Snapshot
  readonly lines: Buffer
  readonly widths: Widths
  readonly size: number
}

type Widths = Readonly<Record<string, unknown>>

/**
 * Other processes have written it: nothing is believed. What is merely unknown, or out of bounds, is left out.
 *
 * @param known what was there before, whose table of series grows if this is the same process's.
 * @throws Error when it makes no sense.
 */
export function decodeSnapshot(file: Buffer, known?: Decoded): Decoded {
  if (file.length < PREAMBLE_BYTES || file.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('no snapshot')
  const length = file.readUInt32LE(8)
  const numbersAt = PREAMBLE_BYTES + Math.ceil(length / 8) * 8
  if (numbersAt > file.length) throw new Error('a snapshot that ends too soon')
  const lines = file.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + length)
  const isSame = known !== undefined && lines.subarray(0, known.lines.length).equals(known.lines)
  const { snapshot, widths, size } = isSame ? grown(known, lines) : decodeLines(lines)
  const bytes = file.subarray(numbersAt)
  if (bytes.length !== size * 8) throw new Error(`a snapshot with ${bytes.length} bytes for ${size} numbers`)
  const values = new Float64Array(size)
  new Uint8Array(values.buffer).set(bytes)
  const own = isSame && lines.length === known.lines.length ? known.lines : Buffer.from(lines)
  return { snapshot: { ...snapshot, values }, lines: own, widths, size }
}

function decodeLines(lines: Buffer): Omit<Decoded, 'lines'> {
  const end = lines.indexOf('\n')
  const about = JSON.parse(lines.toString('utf8', 0, end)) as Record<string, unknown>
  if (about.format !== FORMAT) throw new Error(`a snapshot of format ${JSON.stringify(about.format)?.slice(0, 20)}`)
  const { process, absorbed = [], widths } = about
  const owner = process === undefined ? undefined : parseIdentity(process)
  if (process !== undefined && owner === undefined) throw new Error('a snapshot of an unknown process')
  if (!Array.isArray(absorbed) || absorbed.length > MAX_ABSORBED || !absorbed.every((id) => isId(id))) {
    throw new Error('a snapshot that absorbed what is no process')
  }
  if (typeof widths !== 'object' || widths === null) throw new Error('a snapshot without widths')
  const series = { rows: [], offsets: [] }
  const snapshot = { process: owner, absorbed, series, values: new Float64Array() }
  return appendRows({ snapshot, widths: widths as Widths, size: 0 }, lines.toString('utf8', end + 1))
}

const grown = (known: Decoded, lines: Buffer) =>
  lines.length === known.lines.length ? known : appendRows(known, lines.toString('utf8', known.lines.length))

function appendRows({ snapshot, widths, size }: Omit<Decoded, 'lines'>, text: string): Omit<Decoded, 'lines'> {
  const table = snapshot.series as { rows: (Row | undefined)[]; offsets: number[] }
  const added: [row: Row | undefined, offset: number][] = []
  let end = size
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (table.rows.length + added.length >= MAX_ROWS) throw new Error('a snapshot with too many series')
    const row: unknown = JSON.parse(line)
    const width = Array.isArray(row) && typeof row[0] === 'string' ? widths[row[0]] : undefined
    if (!Number.isInteger(width) || (width as number) < 1 || (width as number) > MAX_WIDTH) {
      throw new Error('a snapshot with a series of unknown width')
    }
    added.push([decodeRow(row as unknown[], width as number), end])
    end += width as number
  }
  // All or nothing: half a line may be read again, another time.
  for (const [row, offset] of added) {
    table.rows.push(row)
    table.offsets.push(offset)
  }
  return { snapshot, widths, size: end }
}

const isId = (value: unknown) => typeof value === 'string' && ID.test(value)

function decodeRow([name, ...labels]: unknown[], width: number): Row | undefined {
  const family = FAMILIES.get(name as string)
  if (family?.width !== width || labels.length !== family.labels.length) return undefined
  const isKnown = labels.every((value, i) => typeof value === 'string' && isInBounds(family, i, value))
  return isKnown ? { family, labels: labels as string[] } : undefined
}

function isInBounds(family: Family, at: number, value: string): boolean {
  const label = family.labels[at]?.[1]
  if (value === OTHER || label === undefined) return value === OTHER
  return 'values' in label ? allows(label, value) : value.length <= label.maxLength && value.isWellFormed()
}

const known = new WeakMap<ClosedLabel, ReadonlySet<string>>()

function allows(label: ClosedLabel, value: string): boolean {
  const values = known.get(label) ?? new Set(label.values)
  known.set(label, values)
  return values.has(value)
}
