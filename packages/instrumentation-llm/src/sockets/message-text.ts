import { isJsonObject, type JsonObject } from '../json-object.ts'

/** How much of a message is searched for its type, in bytes. */
const MAX_TYPE_BYTES = 512

/** Returns the beginning of a message as text. Only what is ASCII in it is certain to be right. */
export const beginningOf = (message: Uint8Array): string =>
  Buffer.from(message.buffer, message.byteOffset, Math.min(message.length, MAX_TYPE_BYTES)).toString('latin1')

/** Returns the object that a message is the JSON of; undefined if it is no such message. */
export function parseMessage(message: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(message.buffer, message.byteOffset, message.length).toString())
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
