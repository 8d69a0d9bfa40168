import type { OutgoingMessage } from 'node:http'
import { decodeLatin1 } from './bodies/utf8.ts'
import type { OutgoingMessageInternals } from './node-internals.ts'

/**
 * Returns a header of a message that arrived, by its name in lower case; the values of several fields are joined with
 * `, `. It reads `rawHeaders`, which the parser has made: `message.headers` would build an object of all headers.
 */
export function headerOfIncoming(rawHeaders: readonly string[], name: string): string | undefined {
  let value: string | undefined
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const field = rawHeaders[i] as string
    if (field.length !== name.length || field.toLowerCase() !== name) continue
    value = value === undefined ? rawHeaders[i + 1] : `${value}, ${rawHeaders[i + 1]}`
  }
  return value
}

/**
 * Returns the head of a message as it is sent, or undefined before Node has made it. `headersSent`, `statusCode`, `method`
 * and `path` are not used for this, because the app may change them, and some apps do so afterwards.
 */
export function headOfOutgoing(message: OutgoingMessage): string | undefined {
  const { _header: head } = message as OutgoingMessage & OutgoingMessageInternals
  return typeof head === 'string' ? head : undefined
}

/**
 * Returns a header of a message that is sent, by its name in lower case: from the head if Node has made it, or else as the
 * app has set it so far. The values of several fields are joined with `, `.
 */
export function headerOfOutgoing(message: OutgoingMessage, name: string): string | undefined {
  const head = headOfOutgoing(message)
  if (head !== undefined) return fieldOfHead(head, name)
  const value = message.getHeader(name)
  return Array.isArray(value) ? value.join(', ') : value?.toString()
}

/** Returns a header from the text of a head, by its name in lower case; the values of several fields are joined with `, `. */
export function fieldOfHead(head: string, name: string): string | undefined {
  // Few heads have the field, and one search takes half the time of looking at each line. The app could see what a pattern has matched.
  const lower = head.toLowerCase()
  if (!lower.includes(`\n${name}:`) && !lower.startsWith(`${name}:`)) return undefined
  let joined: string | undefined
  let end: number
  for (let start = 0; start < head.length; start = end + 2) {
    end = head.indexOf('\r\n', start)
    if (end === -1) end = head.length
    const colon = start + name.length
    // A colon within a name or a value is at this place only by chance.
    if (head.charCodeAt(colon) !== COLON || colon >= end || head.slice(start, colon).toLowerCase() !== name) continue
    const value = head.slice(colon + 1, end).trim()
    joined = joined === undefined ? value : `${joined}, ${value}`
  }
  return joined
}

const COLON = 0x3a

/**
 * Returns a header from the fields of a request or response of undici, by its name in lower case; the values of several
 * fields are joined with `, `. The fields may have any of undici's forms: names and values in turn in one array, as strings
 * or bytes; one text of lines; or an object.
 */
export function fieldOfUndici(fields: unknown, name: string): string | undefined {
  if (Array.isArray(fields)) return fieldOfList(fields, name)
  if (typeof fields === 'string') return fieldOfHead(fields, name)
  if (typeof fields === 'object' && fields !== null) return fieldOfList(Object.entries(fields).flat(1), name)
  return undefined
}

/** Most names differ in length, so that few are turned into text. */
function fieldOfList(fields: readonly unknown[], name: string): string | undefined {
  let joined: string | undefined
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const field = fields[i]
    if ((field as { readonly length?: unknown } | null)?.length !== name.length || toText(field).toLowerCase() !== name)
      continue
    const values = fields[i + 1]
    const value = Array.isArray(values) ? values.map(toText).join(', ') : toText(values)
    joined = joined === undefined ? value : `${joined}, ${value}`
  }
  return joined
}

const toText = (value: unknown) => (value instanceof Uint8Array ? decodeLatin1(value) : String(value))
