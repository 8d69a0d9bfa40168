import { isDeepStrictEqual } from 'node:util'
import { FAMILIES, type Family, type Series } from '@agentgateway-otel/exporter'
import { type ClosedLabel, OTHER } from '@agentgateway-otel/metrics'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import { ID, type Identity, parseIdentity } from './identity.ts'
import { decodeOthers } from './snapshot-others.ts'

/**
 * What one process has counted. A snapshot's file has a preamble, then lines of JSON, one about the process and one for
 * each series, then the numbers as doubles in this machine's byte order, then the metrics that the table does not have.
 * While the numbers change all the time, lines are only ever appended, so that a reader parses each of them once.
 */
export interface Snapshot {
  /** Undefined for the snapshot that has the sums of the processes that ended. */
  readonly process: Identity | undefined
  /** The ids of the processes whose snapshots are merged into this one. */
  readonly merged: readonly string[]
  /**
   * The process's series. Later snapshots of the same process have the same array, which grows. Undefined stands for a
   * series that this version does not know, or whose labels are out of bounds.
   */
  readonly rows: readonly (Series | undefined)[]
  /** The numbers of all series. It may be too short for the last rows, which are then newer than the numbers. */
  readonly values: Float64Array
  /** The metrics that the table does not have. */
  readonly others: readonly MetricData[]
  /** The families whose buckets are others than this process's. Their series stand as undefined among the rows. */
  readonly otherBuckets?: readonly string[]
}

export const MAX_SNAPSHOT_BYTES = 32 * 1024 * 1024
const MAX_ROWS = 50_000
const MAX_MERGED = 100_000
const MAX_BOUNDS = 200
/** The beginning of every snapshot. The last character is the version of the format. */
const MAGIC = 'AGWOTEL4'
const MAGIC_OF_ANY_VERSION = MAGIC.slice(0, -1)
/** The magic number, and the lengths of the lines and of the other metrics, in bytes. */
const PREAMBLE_BYTES = 16

/** Encodes the first line, with the process's identity and the upper bounds of each family's buckets. */
export function encodeHeader(header: { process?: Identity; merged?: readonly string[] }): Buffer {
  const bounds = Object.fromEntries([...FAMILIES.values()].map(({ name, buckets }) => [name, buckets]))
  return Buffer.from(`${JSON.stringify({ ...header, bounds })}\n`)
}

/** Encodes the line of one series: its metric, its labels and when it began. */
export const encodeRow = ({ family, labels, createdMs }: Series): string =>
  `${JSON.stringify([family.name, ...labels, createdMs])}\n`

/** Encodes a whole file: returns the parts that make it up, one after the other. */
export function encodeSnapshot(
  lines: readonly Uint8Array[],
  values: Float64Array,
  others: Uint8Array = new Uint8Array(),
): readonly Uint8Array[] {
  const length = lines.reduce((sum, line) => sum + line.length, 0)
  // The numbers begin at a multiple of eight.
  const padding = Buffer.alloc((8 - (length % 8)) % 8, ' ')
  const preamble = Buffer.alloc(PREAMBLE_BYTES)
  preamble.write(MAGIC, 'latin1')
  preamble.writeUInt32LE(length, 8)
  preamble.writeUInt32LE(others.length, 12)
  return [preamble, ...lines, padding, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), others]
}

/** The snapshot is one of another version of this package. */
export class OtherFormatError extends Error {}

/** A snapshot together with what is needed to go on reading when its file has grown. */
export interface Decoded {
  readonly snapshot: Snapshot
  readonly lines: Buffer
  readonly bounds: Bounds
  /** How many numbers the series have. */
  readonly size: number
}

/** The upper bounds of each family's buckets, by its name, as a file has them. */
type Bounds = Readonly<Record<string, unknown>>

/**
 * Decodes a snapshot's file. Another process has written it, so everything in it is checked. A series that is merely
 * unknown, or out of bounds, is left out.
 *
 * @param file it is not kept, so that its memory may be used again
 * @param known the snapshot that the file had before. If this one is of the same process, its rows grow, and its numbers
 *   become the new ones.
 * @throws OtherFormatError when another version of this package wrote the file
 * @throws Error when the file is not a valid snapshot
 */
export function decodeSnapshot(file: Buffer, known?: Decoded): Decoded {
  const magic = file.toString('latin1', 0, MAGIC.length)
  if (file.length < PREAMBLE_BYTES || !magic.startsWith(MAGIC_OF_ANY_VERSION)) throw new Error('no snapshot')
  if (magic !== MAGIC) throw new OtherFormatError(`a snapshot of the format ${magic}`)
  const length = file.readUInt32LE(8)
  const valuesAt = PREAMBLE_BYTES + Math.ceil(length / 8) * 8
  const othersAt = file.length - file.readUInt32LE(12)
  if (valuesAt > othersAt) throw new Error('a snapshot that ends too soon')
  const lines = file.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + length)
  const isContinued = known !== undefined && lines.subarray(0, known.lines.length).equals(known.lines)
  const { snapshot, bounds, size } = isContinued ? decodeNewLines(known, lines) : decodeLines(lines)
  const bytes = file.subarray(valuesAt, othersAt)
  if (bytes.length !== size * 8) throw new Error(`a snapshot with ${bytes.length} bytes for ${size} numbers`)
  const ownLines = isContinued && lines.length === known.lines.length ? known.lines : Buffer.from(lines)
  const others = decodeOthers(file.subarray(othersAt))
  // The numbers that were known are not read any more.
  const values = isContinued && known.size === size ? known.snapshot.values : new Float64Array(size)
  new Uint8Array(values.buffer).set(bytes)
  return { snapshot: { ...snapshot, values, others }, lines: ownLines, bounds, size }
}

function decodeLines(lines: Buffer): Omit<Decoded, 'lines'> {
  const end = lines.indexOf('\n')
  const header = JSON.parse(lines.toString('utf8', 0, end)) as Record<string, unknown>
  const { process, merged = [], bounds } = header
  const identity = process === undefined ? undefined : parseIdentity(process)
  if (process !== undefined && identity === undefined) throw new Error('a snapshot of an invalid process')
  if (!Array.isArray(merged) || merged.length > MAX_MERGED || !merged.every(isId)) {
    throw new Error('a snapshot with invalid ids of merged processes')
  }
  if (typeof bounds !== 'object' || bounds === null) throw new Error('a snapshot without bounds')
  const unlike = [...FAMILIES.values()].filter(
    ({ name, buckets }) => !isDeepStrictEqual((bounds as Bounds)[name], buckets),
  )
  const snapshot = {
    ...{ process: identity, merged, rows: [], values: new Float64Array(), others: [] },
    otherBuckets: unlike.map(({ name }) => name),
  }
  return appendRows({ snapshot, bounds: bounds as Bounds, size: 0 }, lines.toString('utf8', end + 1))
}

const decodeNewLines = (known: Decoded, lines: Buffer) =>
  lines.length === known.lines.length ? known : appendRows(known, lines.toString('utf8', known.lines.length))

function appendRows({ snapshot, bounds, size }: Omit<Decoded, 'lines'>, text: string): Omit<Decoded, 'lines'> {
  const others = new Set(snapshot.otherBuckets)
  const rows = snapshot.rows as (Series | undefined)[]
  const added: (Series | undefined)[] = []
  let end = size
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (rows.length + added.length >= MAX_ROWS) throw new Error('a snapshot with too many series')
    const row: unknown = JSON.parse(line)
    const [name] = Array.isArray(row) ? row : []
    const buckets = typeof name === 'string' ? bounds[name] : undefined
    if (!Array.isArray(buckets) || buckets.length > MAX_BOUNDS) {
      throw new Error('a snapshot with a series of unknown width')
    }
    const isComparable = !others.has(name)
    added.push(isComparable ? decodeRow(row as unknown[], end) : undefined)
    // A histogram has a count for each bound, one for those above the last, and its sum.
    end += buckets.length === 0 ? 1 : buckets.length + 2
  }
  // The rows are appended only when every line was valid: the file may be read again when it has changed.
  for (const row of added) rows.push(row)
  return { snapshot, bounds, size: end }
}

const isId = (value: unknown) => typeof value === 'string' && ID.test(value)

function decodeRow([name, ...labels]: unknown[], offset: number): Series | undefined {
  const family = FAMILIES.get(name as string)
  const createdMs = labels.pop()
  if (family === undefined || labels.length !== family.labels.length || !isTime(createdMs)) return undefined
  const areInBounds = labels.every((value, i) => typeof value === 'string' && isInBounds(family, i, value))
  return areInBounds ? { family, labels: labels as string[], offset, createdMs, exemplars: undefined } : undefined
}

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function isInBounds(family: Family, index: number, value: string): boolean {
  const label = family.labels[index]?.[1]
  if (value === OTHER || label === undefined) return value === OTHER
  return 'values' in label ? allows(label, value) : value.length <= label.maxLength && value.isWellFormed()
}

const allowedValues = new WeakMap<ClosedLabel, ReadonlySet<string>>()

function allows(label: ClosedLabel, value: string): boolean {
  const values = allowedValues.get(label) ?? new Set(label.values)
  allowedValues.set(label, values)
  return values.has(value)
}
