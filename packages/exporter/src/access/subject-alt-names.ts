import { isIPv6 } from 'node:net'

const ENTRY = /(?<type>[\w ]+):(?:(?<quoted>"(?:[^"\\]|\\.)*")|(?<plain>[^,]*))(?:, |$)/gy

/** The types of names that are compared, as Node.js writes them. */
const TYPES = new Set(['DNS', 'IP Address', 'email', 'URI'])

/**
 * Reads the names (DNS, IP, e-mail, URI) of a certificate's `subjectAltName`, as Node.js writes it. Returns no name at all
 * where the text has another form, since it would not be clear then where one name ends.
 */
export function parseSubjectAltNames(text: string | undefined): string[] {
  const names: string[] = []
  let end = 0
  for (const match of (text ?? '').matchAll(ENTRY)) {
    const { type = '', quoted, plain = '' } = match.groups ?? {}
    end = match.index + match[0].length
    if (TYPES.has(type)) names.push(canonical(quoted === undefined ? plain : JSON.parse(quoted)))
  }
  return end === (text ?? '').length ? names : []
}

/** Whether one of a certificate's names is among the allowed ones. */
export function hasAllowedName(subjectAltName: string | undefined, allowed: readonly string[]): boolean {
  const names = new Set(parseSubjectAltNames(subjectAltName))
  return allowed.some((name) => names.has(canonical(name)))
}

/** Node.js writes IPv6 addresses in full and operators in short, so both are compared in one form. */
function canonical(name: string): string {
  return (isIPv6(name) && URL.parse(`http://[${name}]`)?.hostname) || name
}
