/** A field of a Protocol Buffers message: a number, or the bytes of a string or of another message. */
export type FieldValue = number | Uint8Array

const [VARINT, FIXED_64, BYTES, FIXED_32] = [0, 1, 2, 5]

/**
 * Reads the fields of a Protocol Buffers message by their numbers
 * ({@link https://protobuf.dev/programming-guides/encoding/}), in their order. Of a number that does not fit into a JavaScript
 * number, and of fixed-length fields, nothing is returned. What follows a field that cannot be read is left out.
 */
export function readFields(message: Uint8Array): ReadonlyMap<number, readonly FieldValue[]> {
  const fields = new Map<number, FieldValue[]>()
  const reader = { message, position: 0 }
  while (reader.position < message.length) {
    const tag = readVarint(reader)
    const value = tag === undefined ? undefined : readValue(reader, tag & 7)
    if (tag === undefined || value === undefined) break
    if (value === SKIPPED) continue
    const number = Math.floor(tag / 8)
    const values = fields.get(number)
    if (values === undefined) fields.set(number, [value])
    else values.push(value)
  }
  return fields
}

/** Returns the last value of a field that is a number. */
export const numberOf = (fields: ReadonlyMap<number, readonly FieldValue[]>, field: number): number | undefined => {
  const value = fields.get(field)?.at(-1)
  return typeof value === 'number' ? value : undefined
}

/** Returns the values of a field that is a string or a message. */
export const bytesOf = (fields: ReadonlyMap<number, readonly FieldValue[]>, field: number): readonly Uint8Array[] =>
  fields.get(field)?.filter((value) => typeof value !== 'number') ?? []

/** Returns the last value of a field that is a string. */
export function textOf(fields: ReadonlyMap<number, readonly FieldValue[]>, field: number): string | undefined {
  const bytes = bytesOf(fields, field).at(-1)
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
}

interface Reader {
  readonly message: Uint8Array
  position: number
}

const SKIPPED = Symbol('skipped')

/** Returns undefined if the field cannot be read. */
function readValue(reader: Reader, wireType: number): FieldValue | typeof SKIPPED | undefined {
  if (wireType === VARINT) return readVarint(reader)
  if (wireType === FIXED_64 || wireType === FIXED_32) {
    reader.position += wireType === FIXED_64 ? 8 : 4
    return SKIPPED
  }
  if (wireType !== BYTES) return undefined
  const length = readVarint(reader)
  if (length === undefined || length > reader.message.length - reader.position) return undefined
  reader.position += length
  return reader.message.subarray(reader.position - length, reader.position)
}

/** Returns undefined if the number does not end. One that is too large to be exact is still read to its end. */
function readVarint(reader: Reader): number | undefined {
  let value = 0
  for (let factor = 1; reader.position < reader.message.length && factor <= 2 ** 63; factor *= 128) {
    const byte = reader.message[reader.position++] as number
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
  }
  return undefined
}
