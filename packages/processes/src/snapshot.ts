import { type ClosedLabel, OTHER } from '@agentgateway-otel/metrics'
import { FAMILIES, type Family } from './families.ts'
import { ID, type Identity, parseIdentity } from './identity.ts'

/**
 * What one process has counted, as it lies in a file: a line of JSON that names the series, then the numbers, as this
 * machine writes doubles. The numbers change all the time, the line only when there is a new series, so readers need to
 * parse it no more often.
 */
export interface Snapshot {
  /** Undefined for what the ended processes have counted. */
  readonly process: Identity | undefined
  /** The processes that are in there besides. */
  readonly absorbed: readonly string[]
  readonly series: SeriesTable
  readonly values: Float64Array
}

export interface SeriesTable {
  /** Undefined stands for one that this version does not know, or that is out of bounds. */
  readonly rows: readonly (Row | undefined)[]
  /** Where each row's numbers begin. */
  readonly offsets: Int32Array
  /** How many numbers there are. */
  readonly size: number
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

/** The part before the numbers. */
export function encodeHeader(
  about: { process?: Identity | undefined; absorbed?: readonly string[] },
  rows: readonly Row[],
): Buffer {
  const widths = Object.fromEntries([...FAMILIES.values()].map(({ name, width }) => [name, width]))
  const names = rows.map(({ family, labels }) => [family.name, ...labels])
  let text = `${JSON.stringify({ format: FORMAT, ...about, widths, rows: names })}\n`
  // The numbers have to begin at a multiple of eight.
  text += ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8)
  const body = Buffer.from(text)
  const preamble = Buffer.alloc(PREAMBLE_BYTES)
  preamble.write(MAGIC, 'latin1')
  preamble.writeUInt32LE(body.length, 8)
  return Buffer.concat([preamble, body])
}

/** @throws Error when it is no snapshot. */
export function headerOf(file: Buffer): Buffer {
  if (file.length < PREAMBLE_BYTES || file.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('no snapshot')
  const end = PREAMBLE_BYTES + file.readUInt32LE(8)
  if (end > file.length || end % 8 !== 0) throw new Error('a snapshot that ends too soon')
  return file.subarray(0, end)
}

/**
 * What the header says. Other processes have written it: nothing is believed.
 *
 * @throws Error when it makes no sense; what is merely unknown, or out of bounds, is left out.
 */
export function decodeHeader(header: Buffer): Omit<Snapshot, 'values'> {
  const parsed = JSON.parse(header.toString('utf8', PREAMBLE_BYTES)) as Record<string, unknown>
  if (parsed.format !== FORMAT) throw new Error(`a snapshot of format ${JSON.stringify(parsed.format)?.slice(0, 20)}`)
  const { process, absorbed = [], widths, rows } = parsed
  const owner = process === undefined ? undefined : parseIdentity(process)
  if (process !== undefined && owner === undefined) throw new Error('a snapshot of an unknown process')
  if (!Array.isArray(absorbed) || absorbed.length > MAX_ABSORBED || !absorbed.every((id) => isId(id))) {
    throw new Error('a snapshot that absorbed what is no process')
  }
  return { process: owner, absorbed, series: decodeRows(rows, widths) }
}

/** @throws Error when there are not as many numbers as there should be. */
export function decodeValues(file: Buffer, header: Buffer, { size }: SeriesTable): Float64Array {
  const bytes = file.subarray(header.length)
  if (bytes.length !== size * 8) throw new Error(`a snapshot with ${bytes.length} bytes for ${size} numbers`)
  const values = new Float64Array(size)
  new Uint8Array(values.buffer).set(bytes)
  return values
}

const isId = (value: unknown) => typeof value === 'string' && ID.test(value)

function decodeRows(rows: unknown, widths: unknown): SeriesTable {
  if (!Array.isArray(rows) || rows.length > MAX_ROWS) throw new Error('a snapshot without series, or with too many')
  const offsets = new Int32Array(rows.length)
  let size = 0
  const decoded = rows.map((row: unknown, i) => {
    const name: unknown = Array.isArray(row) ? row[0] : undefined
    const width = typeof name === 'string' ? (widths as Record<string, unknown> | undefined)?.[name] : undefined
    if (!Number.isInteger(width) || (width as number) < 1 || (width as number) > MAX_WIDTH) {
      throw new Error('a snapshot with a series of unknown width')
    }
    offsets[i] = size
    size += width as number
    return decodeRow(row as unknown[], width as number)
  })
  return { rows: decoded, offsets, size }
}

function decodeRow([name, ...labels]: unknown[], width: number): Row | undefined {
  const family = FAMILIES.get(name as string)
  if (family?.width !== width || labels.length !== family.labels.length) return undefined
  const isKnown = labels.every((value, i) => typeof value === 'string' && isInBounds(family, i, value))
  return isKnown ? { family, labels: labels as string[] } : undefined
}

function isInBounds(family: Family, at: number, value: string): boolean {
  const label = family.labels[at]?.[1]
  if (value === OTHER || label === undefined) return value === OTHER
  return 'values' in label ? allows(label, value) : value.length <= label.maxLength
}

const known = new WeakMap<ClosedLabel, ReadonlySet<string>>()

function allows(label: ClosedLabel, value: string): boolean {
  const values = known.get(label) ?? new Set(label.values)
  known.set(label, values)
  return values.has(value)
}
