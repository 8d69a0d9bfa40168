import { crc32 } from 'node:zlib'

/** A message of AWS's `application/vnd.amazon.eventstream`, with string headers only. */
export function frame(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const head = Buffer.concat(
    Object.entries(headers).flatMap(([name, value]) => {
      const length = Buffer.byteLength(value)
      return [
        Buffer.from([name.length]),
        Buffer.from(name),
        Buffer.from([STRING, length >> 8, length & 0xff]),
        Buffer.from(value),
      ]
    }),
  )
  const body = Buffer.from(payload)
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(prelude.length + head.length + body.length + 4, 0)
  prelude.writeUInt32BE(head.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const message = Buffer.concat([prelude, head, body])
  const crc = Buffer.alloc(4)
  crc.writeUInt32BE(crc32(message))
  return Buffer.concat([message, crc])
}

const STRING = 7

export const eventFrame = (type: string, payload: object) =>
  frame({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, JSON.stringify(payload))

export const exceptionFrame = (type: string, message: string) =>
  frame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    JSON.stringify({ message }),
  )
