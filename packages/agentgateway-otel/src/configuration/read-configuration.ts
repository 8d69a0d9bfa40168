import { isMetricSelector, type MetricSelector, SELECTABLE_NAMES } from '@agentgateway-otel/metrics'
import type { Configuration, Environment, LockConfiguration, LogLevel, OtlpConfiguration } from './configuration.ts'
import { LOG_LEVELS } from './configuration.ts'
import { nearestName } from './nearest-name.ts'

/**
 * Reads the configuration. As OpenTelemetry's specification requires, an empty variable counts as unset, and a value
 * that cannot be used is reported and ignored.
 */
export function readConfiguration(environment: Environment): Configuration {
  const problems: string[] = []

  function read(name: string): string | undefined {
    const value = environment[name]?.trim()
    return value === '' ? undefined : value
  }

  /** Reads a list separated by commas, without its empty items. */
  function readList(name: string): readonly string[] {
    const items = (read(name) ?? '').split(',').map((item) => item.trim())
    return items.filter((item) => item !== '')
  }

  /** Reads the first of these variables that is set. */
  function readFirst(...names: string[]): { name: string; value: string } | undefined {
    for (const name of names) {
      const value = read(name)
      if (value !== undefined) return { name, value }
    }
    return undefined
  }

  function readNumber(name: string, what: string, min: number, max: number, defaultValue: number): number {
    const value = read(name)
    if (value === undefined) return defaultValue
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    problems.push(`${name}=${quote(value)} is not ${what} from ${min} to ${max}; using ${defaultValue}`)
    return defaultValue
  }

  function readBoolean(name: string): boolean {
    const value = read(name)?.toLowerCase()
    if (value !== undefined && value !== 'true' && value !== 'false') {
      problems.push(`${name}=${quote(value)} is neither true nor false; using false`)
    }
    return value === 'true'
  }

  function readLogLevel(): LogLevel {
    const value = read('OTEL_LOG_LEVEL')
    const level = LOG_LEVELS.find((known) => known === value?.toLowerCase())
    if (value !== undefined && level === undefined) {
      problems.push(`OTEL_LOG_LEVEL=${quote(value)} is none of ${LOG_LEVELS.join(', ')}; using info`)
    }
    return level ?? 'info'
  }

  function readExporters(): ReadonlySet<string> {
    const value = read('OTEL_METRICS_EXPORTER')
    if (value === undefined) {
      const endpoint = readFirst('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT')
      return new Set(endpoint === undefined ? ['prometheus'] : ['prometheus', 'otlp'])
    }
    const exporters = value.split(',').map((name) => name.trim().toLowerCase())
    for (const name of exporters) {
      if (name === 'prometheus' || name === 'otlp' || name === 'none') continue
      problems.push(`OTEL_METRICS_EXPORTER=${quote(value)} names ${quote(name)}; known are prometheus, otlp, none`)
    }
    return new Set(exporters)
  }

  function readProtocol(): OtlpConfiguration['protocol'] {
    const value = readFirst('OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL')?.value
    return value === 'grpc' || value === 'http/json' ? value : 'http/protobuf'
  }

  /** Reports an endpoint that is not a URL. Returns whether it can be used. */
  function checkOtlpEndpoint(): boolean {
    const endpoint = readFirst('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT')
    if (endpoint === undefined) return true
    const { name, value } = endpoint
    if (/^https?:\/\//i.test(value) && URL.canParse(value)) return true
    problems.push(`${name}=${quote(value)} is not a URL such as http://localhost:4318, so nothing is sent by OTLP`)
    return false
  }

  function readOtlp(intervalMs: number, timeoutMs: number): OtlpConfiguration {
    const protocol = readProtocol()
    const endpoint = read('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT')
    const base = read('OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://localhost:4318'
    const url = protocol === 'grpc' ? new URL(endpoint ?? base).origin : `${base.replace(/\/$/, '')}/v1/metrics`
    const headers = readList('OTEL_EXPORTER_OTLP_HEADERS').map((item) => item.split('='))
    return {
      protocol,
      url: protocol === 'grpc' ? url : (endpoint ?? url),
      headers: Object.fromEntries(headers),
      compression: read('OTEL_EXPORTER_OTLP_COMPRESSION') === 'gzip' ? 'gzip' : 'none',
      timeoutMs,
      tls: {
        caFile: read('OTEL_EXPORTER_OTLP_CERTIFICATE'),
        certificateFile: read('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE'),
        keyFile: read('OTEL_EXPORTER_OTLP_CLIENT_KEY'),
      },
      temporality: 'cumulative',
      histogramAggregation: 'explicit_bucket_histogram',
      intervalMs,
      exportsAtEnd: true,
    }
  }

  /** Reports an attribute that is not valid. OpenTelemetry, which reads them, then silently ignores all attributes. */
  function checkResourceAttributes(): void {
    const invalid = readList('OTEL_RESOURCE_ATTRIBUTES').find((attribute) => !isAttribute(attribute))
    if (invalid === undefined) return
    problems.push(
      `OTEL_RESOURCE_ATTRIBUTES has ${quote(invalid)}, which is not key=value, so all of it is ignored; write "," and "=" in keys and values as %2C and %3D`,
    )
  }

  function readMetrics(): MetricSelector[] {
    const selectors: MetricSelector[] = []
    for (const item of readList('AGENTGATEWAY_METRICS').map((item) => item.toLowerCase())) {
      if (isMetricSelector(item)) {
        selectors.push(item)
        continue
      }
      problems.push(
        `AGENTGATEWAY_METRICS has ${quote(item)}, which is not a metric or a group of metrics, so it is ignored; did you mean ${quote(nearestSelector(item))}?`,
      )
    }
    return selectors
  }

  function readLlmHosts(): Record<string, string> {
    const hosts: Record<string, string> = Object.create(null)
    for (const item of readList('AGENTGATEWAY_LLM_HOSTS')) {
      const { host, system } = LLM_HOST.exec(item)?.groups ?? {}
      const isPort = Number(/:(\d+)$/.exec(host ?? '')?.[1] ?? 1) <= 65_535
      if (host !== undefined && system !== undefined && isPort) hosts[host.toLowerCase()] = system
      else problems.push(`AGENTGATEWAY_LLM_HOSTS has ${quote(item)}, which is ignored; write host=system`)
    }
    return hosts
  }

  /** A token that is set but empty is not the same as none: it is most likely a secret that was not filled in. */
  function readLocks(): LockConfiguration | undefined {
    const webConfigFile = read('AGENTGATEWAY_WEB_CONFIG_FILE')
    const token = environment.AGENTGATEWAY_METRICS_TOKEN?.trim()
    return webConfigFile === undefined && token === undefined ? undefined : { webConfigFile, token }
  }

  const exporters = readExporters()
  const logLevel = readLogLevel()
  checkResourceAttributes()
  const host = read('OTEL_EXPORTER_PROMETHEUS_HOST')?.replace(/^\[(.*)\]$/, '$1')
  const port = readNumber('OTEL_EXPORTER_PROMETHEUS_PORT', 'a port', 0, 65535, 15020)
  const intervalMs = readNumber('OTEL_METRIC_EXPORT_INTERVAL', 'milliseconds', 1, 2 ** 31 - 1, 60_000)
  const timeoutMs = readNumber('OTEL_METRIC_EXPORT_TIMEOUT', 'milliseconds', 1, 2 ** 31 - 1, 30_000)
  const isBridged = exporters.has('otlp') && checkOtlpEndpoint()

  return {
    disabled: readBoolean('OTEL_SDK_DISABLED'),
    logLevel,
    prometheus: exporters.has('prometheus') ? { host, port } : undefined,
    locks: readLocks(),
    otlp: isBridged ? readOtlp(intervalMs, Math.min(timeoutMs, intervalMs)) : undefined,
    perProcess: readBoolean('AGENTGATEWAY_PER_PROCESS'),
    metrics: readMetrics(),
    mcpSessionIdleSeconds: readNumber('AGENTGATEWAY_MCP_SESSION_IDLE_SECONDS', 'seconds', 1, 2 ** 31 - 1, 1800),
    httpInstrumentation: readBoolean('AGENTGATEWAY_HTTP_INSTRUMENTATION'),
    llmHosts: readLlmHosts(),
    problems,
  }
}

/** A longer item is cut before it is compared, since a comparison takes the product of both lengths. */
const MAX_COMPARED_LENGTH = 80

/**
 * The names that a selector may have, by how a user may write them: in full, or without the prefix that all metrics
 * share.
 */
const SELECTABLE_BY_TEXT = new Map(
  [...SELECTABLE_NAMES].flatMap((name) => [
    [name, name],
    [name.replace(/^agentgateway_/, ''), name],
  ]),
)

/** Returns the selector that is nearest to an item that is none. */
function nearestSelector(item: string): string {
  const [, minus = '', text = ''] = /^(-?)(.*)$/s.exec(item.slice(0, MAX_COMPARED_LENGTH)) ?? []
  return minus + SELECTABLE_BY_TEXT.get(nearestName(text, SELECTABLE_BY_TEXT.keys()) ?? '')
}

/** A host name or an address, IPv6 in brackets, with an optional port; and a system's name, as a label may have it. */
const LLM_HOST = /^(?<host>(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?)\s*=\s*(?<system>[\w.-]{1,64})$/i

/** The longest key and the longest value that OpenTelemetry accepts. */
const MAX_ATTRIBUTE_LENGTH = 255

function isAttribute(text: string): boolean {
  const parts = text.split('=').map((part) => part.trim())
  try {
    const [key = '', value = ''] = parts.map(decodeURIComponent)
    return (
      parts.length === 2 && key !== '' && key.length <= MAX_ATTRIBUTE_LENGTH && value.length <= MAX_ATTRIBUTE_LENGTH
    )
  } catch {
    return false
  }
}

/** Quotes a value so that it can stand in a line for the terminal: without control characters, and not too long. */
const quote = (value: string) => JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
