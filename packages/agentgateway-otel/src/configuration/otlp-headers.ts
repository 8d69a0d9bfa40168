import { quote } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

/** The characters that a header's name may have. */
const NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/

/** The characters that a value may have: visible ASCII, spaces and tabs. Others arrive as something else, or not at all. */
const VALUE = /^[\t\x20-\x7e]*$/

/** Headers that HTTP, gRPC and the exporter set themselves. A user's own would break the message. */
const RESERVED =
  /^(?:connection|content-(?:encoding|length|type)|expect|http2-settings|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|grpc-.*)$/

/** Why a header is left out. */
const FAULTS = {
  unnamed: 'write name=value',
  curl: 'it is written as for curl; write name=value, as in Authorization=Bearer%20…',
  name: 'its name has a character that HTTP does not allow',
  empty: 'it has no value',
  percent: 'its value is not percent-encoded UTF-8; write "%" as %25',
  value: 'its value has a line break or another character that HTTP does not carry',
  reserved: 'the exporter sets it itself',
} as const

type Fault = keyof typeof FAULTS

interface Header {
  /** In lower case, as gRPC requires it. */
  readonly name: string
  readonly value: string
  readonly isTrimmed: boolean
}

/**
 * Parses headers, a list `name=value,name=value` whose values are percent-encoded. One that cannot be sent is left out.
 * The problems name it, but never show its value, nor a text that may be one.
 */
export function parseHeaders(text: string): Parsed<Readonly<Record<string, string>>> {
  const headers: Record<string, string> = Object.create(null)
  const faulty = new Map<Fault, string[]>()
  const trimmed: string[] = []
  for (const [i, item] of itemsOf(text).entries()) {
    const header = parseHeader(item)
    if (typeof header !== 'string') {
      headers[header.name] = header.value
      if (header.isTrimmed) trimmed.push(describeName(item, i))
      continue
    }
    const names = faulty.get(header) ?? []
    faulty.set(header, names)
    names.push(header === 'unnamed' ? `number ${i + 1}` : describeName(item, i))
  }
  const problems = [...faulty].map(([fault, names]) => `has ${list(names)}, left out: ${FAULTS[fault]}`)
  if (trimmed.length > 0) {
    problems.push(
      `has ${list(trimmed)} with a line break at the end, sent without it; "echo -n" makes a secret without one`,
    )
  }
  return { value: headers, problems }
}

/** Returns the header that an item of the list is, or what is wrong with it. */
function parseHeader(item: string): Header | Fault {
  if (/^[\w-]+\s*:/.test(item)) return 'curl'
  const separator = item.indexOf('=')
  if (separator === -1) return 'unnamed'
  const name = decode(item.slice(0, separator).trim())?.toLowerCase()
  if (name === undefined || !NAME.test(name)) return 'name'
  if (RESERVED.test(name)) return 'reserved'
  const decoded = decode(item.slice(separator + 1).trim())
  if (decoded === undefined) return 'percent'
  const value = decoded.trim()
  if (value === '') return 'empty'
  if (!VALUE.test(value)) return 'value'
  return { name, value, isTrimmed: /[\r\n]$/.test(decoded) }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Words of letters in one case each, as names of headers have them: `x-api-key`, `Authorization`, `DD-API-KEY`. */
const PLAIN_NAME =
  /^(?=[A-Za-z_.-]{1,40}\s*[=:])(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)(?:[-_.](?:[a-z]+|[A-Z]+|[A-Z][a-z]+))*(?=\s*[=:])/

/**
 * Names the header of an item. What stands for a name may be part of a value that has a comma or ends with `=`, so only
 * what looks like a name is shown, which a key or a password does not; else it is the header's number.
 */
function describeName(item: string, index: number): string {
  const name = PLAIN_NAME.exec(item)?.[0]
  return name === undefined ? `number ${index + 1}` : quote(name)
}

/** How many headers a problem names; further ones are counted. */
const MAX_NAMED = 3

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).join(', ')
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ''
  return `the header${names.length === 1 ? '' : 's'} ${shown}${more}`
}
