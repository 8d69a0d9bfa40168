/**
 * Returns the delay of the `google.rpc.RetryInfo` in a response's details; undefined when they have none or cannot be
 * read. The messages are `google.rpc.Status` (details: 3), `Any` (type_url: 1, value: 2), `RetryInfo` (retry_delay: 1)
 * and `Duration` (seconds: 1, nanos: 2).
 *
 * @param details the value of `grpc-status-details-bin`
 * @returns milliseconds
 */
export function retryDelayOf(details: string | undefined): number | undefined {
  if (details === undefined) return undefined
  try {
    const retryInfo = messagesOf(Buffer.from(details, 'base64'), 3).find(
      (any) => messagesOf(any, 1)[0]?.toString() === 'type.googleapis.com/google.rpc.RetryInfo',
    )
    if (retryInfo === undefined) return undefined
    const [value = EMPTY] = messagesOf(retryInfo, 2)
    const [duration = EMPTY] = messagesOf(value, 1)
    const milliseconds = numberOf(duration, 1) * 1000 + numberOf(duration, 2) / 1e6
    return Number.isSafeInteger(Math.ceil(milliseconds)) ? Math.max(0, milliseconds) : undefined
  } catch {
    return undefined
  }
}

const EMPTY = Buffer.alloc(0)

interface Field {
  readonly number: number
  readonly value: number | Buffer
}

const messagesOf = (message: Buffer, number: number): Buffer[] =>
  fieldsOf(message).flatMap((field) =>
    field.number === number && typeof field.value === 'object' ? [field.value] : [],
  )

function numberOf(message: Buffer, number: number): number {
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
