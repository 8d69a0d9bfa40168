import { validateHeaderValue } from 'node:http'
import type { YamlValue } from './yaml-value.ts'

/** The headers that the file may set, and the values of those that have only a few. */
const HEADERS = {
  'Content-Security-Policy': undefined,
  'Strict-Transport-Security': undefined,
  'X-Content-Type-Options': ['nosniff'],
  'X-Frame-Options': ['deny', 'sameorigin'],
  'X-XSS-Protection': undefined,
} as const
const NAMES = Object.keys(HEADERS) as (keyof typeof HEADERS)[]

/**
 * Reads `http_server_config`. Returns its headers, by their names in lower case. `http2` has no effect, because the
 * server speaks HTTP/1.1 only.
 *
 * @throws WebConfigError
 */
export function readHttpSection(value: YamlValue): Readonly<Record<string, string>> {
  const section = value.section(['http2', 'headers'])
  section.get('http2')?.boolean()
  const headers = [...(section.get('headers')?.section(NAMES) ?? [])]
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), readHeader(name, value)]))
}

function readHeader(name: keyof typeof HEADERS, value: YamlValue): string {
  const values = HEADERS[name]
  if (values !== undefined) return value.oneOf<string>(values)
  const text = value.text()
  try {
    validateHeaderValue(name, text)
  } catch {
    value.fail('has a character that no header can have')
  }
  return text
}
