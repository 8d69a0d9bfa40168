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

const join = (value: OutgoingHttpHeaders[string]) => (Array.isArray(value) ? value.join(', ') : value?.toString())
