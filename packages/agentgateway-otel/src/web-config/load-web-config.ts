import { dirname, resolve } from 'node:path'
import type { LockSettings } from '@agentgateway-otel/exporter'
import { readHttpSection } from './http-section.ts'
import { readRateLimitSection } from './rate-limit-section.ts'
import { readTlsSection } from './tls-section.ts'
import { readUsersSection } from './users-section.ts'
import { parseYaml, type YamlValue } from './yaml-value.ts'

const SECTIONS = ['tls_server_config', 'http_server_config', 'basic_auth_users', 'rate_limit'] as const

/**
 * Reads a file.
 *
 * @throws Error whose message follows the file's name in a sentence: `cannot be read (ENOENT)`
 */
export type ReadFile = (path: string) => string

/**
 * Loads a web configuration file as Prometheus's exporters have it, and the files that it names.
 *
 * https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 *
 * @throws Error that says what is wrong; WebConfigError where a line is known
 */
export function loadWebConfig(path: string, readFile: ReadFile): LockSettings {
  const root = parseYaml(readFile(path))
  // A file that is just being written is empty first. It must not open the endpoint.
  if (root.isNull) root.fail('is empty; write {} if nothing is to be locked')
  const section = root.section(SECTIONS)
  const readNamedFile = (value: YamlValue): string => {
    try {
      return readFile(resolve(dirname(path), value.text()))
    } catch (error) {
      return value.fail((error as Error).message)
    }
  }
  const read = <Result>(name: (typeof SECTIONS)[number], reader: (value: YamlValue) => Result) => {
    const value = section.get(name)
    return value && reader(value)
  }
  return {
    tls: read('tls_server_config', (value) => readTlsSection(value, readNamedFile)),
    headers: read('http_server_config', readHttpSection) ?? {},
    users: read('basic_auth_users', readUsersSection) ?? new Map(),
    rateLimit: read('rate_limit', readRateLimitSection),
  }
}
