import type { OutgoingMessage } from 'node:http'

/**
 * A header of a message that arrived, by its name in lower case; values of one name are joined with `, `. Read from what
 * the parser left: to ask for `message.headers` would make an object of all of them for the sake of one.
 */
export function headerOfIncoming(rawHeaders: readonly string[], name: string): string | undefined {
  let found: string | undefined
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const field = rawHeaders[i] as string
    if (field.length !== name.length || field.toLowerCase() !== name) continue
    found = found === undefined ? rawHeaders[i + 1] : `${found}, ${rawHeaders[i + 1]}`
  }
  return found
}

/**
 * The head of a message as it was sent, once it was. Node's own `headersSent`, `statusCode`, `method` and `path` are for
 * the app to change, and some do so afterwards.
 */
export function headOfOutgoing(message: OutgoingMessage): string | undefined {
  const { _header: head } = message as OutgoingMessage & { _header?: string | null }
  return typeof head === 'string' ? head : undefined
}

/** A header of a message that is being sent: of the head as written, or what is set so far. Joined like Node joins. */
export function headerOfOutgoing(message: OutgoingMessage, name: string): string | undefined {
  const head = headOfOutgoing(message)
  if (head !== undefined) return fieldOfHead(head, name)
  const value = message.getHeader(name)
  return Array.isArray(value) ? value.join(', ') : value?.toString()
}

/** A field of a head as it was written, by its name in lower case. */
export function fieldOfHead(head: string, name: string): string | undefined {
  let found: string | undefined
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon === name.length && line.slice(0, colon).toLowerCase() === name) {
      const value = line.slice(colon + 1).trim()
      found = found === undefined ? value : `${found}, ${value}`
    }
  }
  return found
}

/**
 * Header fields as undici has them, by their names in lower case: pairs in one array, of strings or bytes; one text of
 * lines; or an object. Values of one name are joined with `, `.
 */
export function parseHeaders(fields: unknown): Map<string, string> {
  const headers = new Map<string, string>()
  const add = (name: unknown, value: unknown) => {
    const key = text(name).toLowerCase()
    const known = headers.get(key)
    headers.set(key, known === undefined ? text(value) : `${known}, ${text(value)}`)
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
    for (const [name, value] of Object.entries(fields)) {
      for (const one of Array.isArray(value) ? value : [value]) add(name, one)
    }
  }
  return headers
}

const text = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value))
