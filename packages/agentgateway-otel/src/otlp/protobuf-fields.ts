/**
 * Reads encoded messages of Protocol Buffers, as far as the bridge needs it for what a collector says of a failure. The
 * functions throw an Error when a message is cut off or has fields of other kinds than numbers and what has a length.
 *
 * @module
 */

interface Field {
  readonly number: number
  readonly value: number | Buffer
}

/** Returns the messages, texts or bytes of this field, as bytes. */
export const messagesOf = (message: Buffer, number: number): Buffer[] =>
  fieldsOf(message).flatMap((field) =>
    field.number === number && typeof field.value === 'object' ? [field.value] : [],
  )

/** Returns the number of this field, 0 when it has none. */
export function numberOf(message: Buffer, number: number): number {
  const value = fieldsOf(message).find((field) => field.number === number)?.value
  return typeof value === 'number' ? value : 0
}

/**
 * Reads the fields of an encoded message of Protocol Buffers that are numbers or have a length, as all fields here do.
 *
 * @throws Error when it is cut off or has others
 */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = []
  let offset = 0

  function readVarint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = message.readUInt8(offset++)
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  while (offset < message.length) {
    const tag = readVarint()
    const number = Math.floor(tag / 8)
    const wireType = tag % 8
    if (wireType === 0) {
      fields.push({ number, value: readVarint() })
      continue
    }
    if (wireType !== 2) throw new Error(`the wire type ${wireType} is not read`)
    const end = readVarint() + offset
    if (end > message.length) throw new Error('the message is cut off')
    fields.push({ number, value: message.subarray(offset, end) })
    offset = end
  }
  return fields
}
