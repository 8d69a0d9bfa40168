import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'

/** Returns a header that was received, by its name in lower case. Several values are joined with `, `. */
export const receivedHeader = (headers: IncomingHttpHeaders, name: string): string | undefined => join(headers[name])

/**
 * Returns a header that the app sent, by its name in lower case, however the app spelt the name. Several values are joined
 * with `, `.
 */
export function sentHeader(headers: OutgoingHttpHeaders, name: string): string | undefined {
  const value = headers[name] ?? headers[Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name]
  return join(value)
}

/** Returns the headers of a list of alternating names and values, as an app may pass them to `request`. */
export function fieldsOf(list: readonly string[]): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = { __proto__: null } as never
  for (let i = 0; i < list.length; i += 2) {
    const name = String(list[i]).toLowerCase()
    fields[name] = [...(fields[name] ?? []), String(list[i + 1])]
  }
  return fields
}

const join = (value: OutgoingHttpHeaders[string]) => (Array.isArray(value) ? value.join(', ') : value?.toString())
