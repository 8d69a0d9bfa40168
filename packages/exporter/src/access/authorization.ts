import { isUtf8 } from 'node:buffer'

/** What a request's `Authorization` contains. */
export type Credentials =
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string }

const AUTHORIZATION = /^(?<scheme>basic|bearer) +(?<value>[!-~]+) *$/i
const BASE64 = /^(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * Reads the header `Authorization` (RFC 7617 and RFC 6750). Returns undefined for one that is neither. Names and
 * passwords with control characters, which RFC 7617 forbids, are none: bcrypt cannot tell some of them apart.
 */
export function parseAuthorization(header: string | undefined): Credentials | undefined {
  const { scheme, value } = AUTHORIZATION.exec(header ?? '')?.groups ?? {}
  if (scheme === undefined || value === undefined) return undefined
  if (scheme.toLowerCase() === 'bearer') return { scheme: 'bearer', token: value }
  if (!BASE64.test(value)) return undefined
  const bytes = Buffer.from(value, 'base64')
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString()
  const colon = text.indexOf(':')
  if (colon === -1 || CONTROL.test(text)) return undefined
  return { scheme: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1) }
}
