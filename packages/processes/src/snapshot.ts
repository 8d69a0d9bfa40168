import { FAMILIES, type Families, type Family, type Series } from '@agentgateway-otel/exporter'
import { type ClosedLabel, MAX_BOUNDARIES, OTHER } from '@agentgateway-otel/metrics'
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
   * series that this version does not know, whose labels are out of bounds, or whose buckets are others.
   */
  readonly rows: readonly (Series | undefined)[]
  /** The numbers of all series. It may be too short for the last rows, which are then newer than the numbers. */
  readonly values: Float64Array
  /** The names of the histograms that the process has with other buckets. None of them is among the rows. */
  readonly otherBuckets: readonly string[]
  /** The metrics that the table does not have. */
  readonly others: readonly MetricData[]
}

export const MAX_SNAPSHOT_BYTES = 32 * 1024 * 1024
const MAX_ROWS = 50_000
const MAX_MERGED = 100_000
/** A histogram has a number for each bucket, and its sum. */
const MAX_WIDTH = MAX_BOUNDARIES + 2
/** The beginning of every snapshot. The last character is the version of the format. */
const MAGIC = 'AGWOTEL4'
const MAGIC_OF_ANY_VERSION = MAGIC.slice(0, -1)
/** The magic number, and the lengths of the lines and of the other metrics, in bytes. */
const PREAMBLE_BYTES = 16

/**
 * Encodes the first line, with the process's identity, the number of numbers that a series of each family has, and the
 * upper bounds of the buckets of each histogram.
 */
export function encodeHeader(
  header: { process?: Identity; merged?: readonly string[] },
  families: Families = FAMILIES,
): Buffer {
  const widths = Object.fromEntries([...families.values()].map(({ name, width }) => [name, width]))
  const buckets = Object.fromEntries(histogramsOf(families).map(({ name, buckets }) => [name, buckets]))
  return Buffer.from(`${JSON.stringify({ ...header, widths, buckets })}\n`)
}

const histogramsOf = (families: Families) => [...families.values()].filter(({ kind }) => kind === 'histogram')

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
  readonly widths: Widths
  /** How many numbers the series have. */
  readonly size: number
}

type Widths = Readonly<Record<string, unknown>>

/**
 * Decodes a snapshot's file. Another process has written it, so everything in it is checked. A series that is merely
 * unknown, or out of bounds, is left out. So are the histograms that have other buckets here: counts of different buckets
 * have no sum.
 *
 * @param families those of this process
 * @param file it is not kept, so that its memory may be used again
 * @param known the snapshot that the file had before. If this one is of the same process, its rows grow, and its numbers
 *   become the new ones.
 * @throws OtherFormatError when another version of this package wrote the file
 * @throws Error when the file is not a valid snapshot
 */
export function decodeSnapshot(file: Buffer, known?: Decoded, families: Families = FAMILIES): Decoded {
  const magic = file.toString('latin1', 0, MAGIC.length)
  if (file.length < PREAMBLE_BYTES || !magic.startsWith(MAGIC_OF_ANY_VERSION)) throw new Error('no snapshot')
  if (magic !== MAGIC) throw new OtherFormatError(`a snapshot of the format ${magic}`)
  const length = file.readUInt32LE(8)
  const valuesAt = PREAMBLE_BYTES + Math.ceil(length / 8) * 8
  const othersAt = file.length - file.readUInt32LE(12)
  if (valuesAt > othersAt) throw new Error('a snapshot that ends too soon')
  const lines = file.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + length)
  const isContinued = known !== undefined && lines.subarray(0, known.lines.length).equals(known.lines)
  const { snapshot, widths, size } = isContinued ? decodeNewLines(known, lines, families) : decodeLines(lines, families)
  const bytes = file.subarray(valuesAt, othersAt)
  if (bytes.length !== size * 8) throw new Error(`a snapshot with ${bytes.length} bytes for ${size} numbers`)
  const ownLines = isContinued && lines.length === known.lines.length ? known.lines : Buffer.from(lines)
  const others = decodeOthers(file.subarray(othersAt))
  // The numbers that were known are not read any more.
  const values = isContinued && known.size === size ? known.snapshot.values : new Float64Array(size)
  new Uint8Array(values.buffer).set(bytes)
  return { snapshot: { ...snapshot, values, others }, lines: ownLines, widths, size }
}

function decodeLines(lines: Buffer, families: Families): Omit<Decoded, 'lines'> {
  const end = lines.indexOf('\n')
  const header = JSON.parse(lines.toString('utf8', 0, end)) as Record<string, unknown>
  const { process, merged = [], widths, buckets } = header
  const identity = process === undefined ? undefined : parseIdentity(process)
  if (process !== undefined && identity === undefined) throw new Error('a snapshot of an invalid process')
  if (!Array.isArray(merged) || merged.length > MAX_MERGED || !merged.every(isId)) {
    throw new Error('a snapshot with invalid ids of merged processes')
  }
  if (typeof widths !== 'object' || widths === null) throw new Error('a snapshot without widths')
  const otherBuckets = findOtherBuckets(buckets, families)
  const snapshot = { process: identity, merged, rows: [], values: new Float64Array(), otherBuckets, others: [] }
  return appendRows({ snapshot, widths: widths as Widths, size: 0 }, lines.toString('utf8', end + 1), families)
}

/** Returns the names of the histograms whose buckets are not those that this process has. */
function findOtherBuckets(buckets: unknown, families: Families): string[] {
  if (typeof buckets !== 'object' || buckets === null) throw new Error('a snapshot without buckets')
  const boundsOf = new Map<string, unknown>(Object.entries(buckets))
  return histogramsOf(families).flatMap(({ name, buckets: own }) => {
    const bounds = boundsOf.get(name)
    const isSame = Array.isArray(bounds) && bounds.length === own.length && own.every((bound, i) => bound === bounds[i])
    return isSame ? [] : [name]
  })
}

const decodeNewLines = (known: Decoded, lines: Buffer, families: Families) =>
  lines.length === known.lines.length ? known : appendRows(known, lines.toString('utf8', known.lines.length), families)

function appendRows(
  { snapshot, widths, size }: Omit<Decoded, 'lines'>,
  text: string,
  families: Families,
): Omit<Decoded, 'lines'> {
  const rows = snapshot.rows as (Series | undefined)[]
  const added: (Series | undefined)[] = []
  let end = size
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (rows.length + added.length >= MAX_ROWS) throw new Error('a snapshot with too many series')
    const row: unknown = JSON.parse(line)
    const width = Array.isArray(row) && typeof row[0] === 'string' ? widths[row[0]] : undefined
    if (!Number.isInteger(width) || (width as number) < 1 || (width as number) > MAX_WIDTH) {
      throw new Error('a snapshot with a series of unknown width')
    }
    const [name, ...labels] = row as [string, ...unknown[]]
    const family = snapshot.otherBuckets.includes(name) ? undefined : families.get(name)
    added.push(family !== undefined && family.width === width ? decodeRow(family, labels, end) : undefined)
    end += width as number
  }
  // The rows are appended only when every line was valid: the file may be read again when it has changed.
  for (const row of added) rows.push(row)
  return { snapshot, widths, size: end }
}

const isId = (value: unknown) => typeof value === 'string' && ID.test(value)

function decodeRow(family: Family, labels: unknown[], offset: number): Series | undefined {
  const createdMs = labels.pop()
  if (labels.length !== family.labels.length || !isTime(createdMs)) return undefined
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
