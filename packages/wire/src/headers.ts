import type { OutgoingMessage } from 'node:http'
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
  let joined: string | undefined
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon === name.length && line.slice(0, colon).toLowerCase() === name) {
      const value = line.slice(colon + 1).trim()
      joined = joined === undefined ? value : `${joined}, ${value}`
    }
  }
  return joined
}

/**
 * Parses the header fields of a request or response of undici, in any of its forms: names and values in turn in one array,
 * as strings or bytes; one text of lines; or an object. Returns the values by their names in lower case; those of several
 * fields are joined with `, `.
 */
export function parseUndiciHeaders(fields: unknown): Map<string, string> {
  const headers = new Map<string, string>()
  const add = (name: unknown, value: unknown) => {
    const key = toText(name).toLowerCase()
    const known = headers.get(key)
    headers.set(key, known === undefined ? toText(value) : `${known}, ${toText(value)}`)
  }
  if (Array.isArray(fields)) {
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const values = Array.isArray(fields[i + 1]) ? fields[i + 1] : [fields[i + 1]]
      for (const value of values) add(fields[i], value)
    }
  } else if (typeof fields === 'string') {
    for (const line of fields.split('\r\n')) {
      const colon = line.indexOf(':')
      if (colon > 0) add(line.slice(0, colon), line.slice(colon + 1).trim())
    }
  } else if (typeof fields === 'object' && fields !== null) {
    for (const [name, values] of Object.entries(fields)) {
      for (const value of Array.isArray(values) ? values : [values]) add(name, value)
    }
  }
  return headers
}

const toText = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value))
