import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'

/**
 * The messages of gRPC in the body of an HTTP/2 request or response: a byte that says whether the message is
 * compressed, its length in four bytes, and the message.
 *
 * @module
 */

const PREFIX_BYTES = 5

const compress = promisify(gzip)
const decompress = promisify(gunzip)

export async function encodeMessage(message: Uint8Array, isCompressed: boolean): Promise<Buffer> {
  const body = isCompressed ? await compress(message) : message
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + body.length)
  frame.writeUInt8(isCompressed ? 1 : 0, 0)
  frame.writeUInt32BE(body.length, 1)
  frame.set(body, PREFIX_BYTES)
  return frame
}

/**
 * Returns the message of a response's body, empty where there is none.
 *
 * @param maxBytes how long the message may be when it is decompressed
 * @throws Error when the body is not one message
 */
export async function decodeMessage(body: Buffer, maxBytes: number): Promise<Uint8Array> {
  if (body.length === 0) return body
  if (body.length < PREFIX_BYTES || body.length !== PREFIX_BYTES + body.readUInt32BE(1))
    throw new Error('the body of the response is not one gRPC message')
  const message = body.subarray(PREFIX_BYTES)
  return body.readUInt8(0) === 0 ? message : decompress(message, { maxOutputLength: maxBytes })
}
