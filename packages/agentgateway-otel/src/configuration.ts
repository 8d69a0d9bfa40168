/** What the environment says, by OpenTelemetry's own names where it has one. */
export interface Configuration {
  readonly disabled: boolean
  readonly logLevel: LogLevel
  /** Where the scrape endpoint listens, on all addresses without a host; undefined where there is to be none. */
  readonly prometheus: { readonly host: string | undefined; readonly port: number } | undefined
  /** Whether each process has an endpoint of its own, instead of one for all. */
  readonly perProcess: boolean
  /** The OTLP bridge; undefined where there is to be none. Its exporter reads the rest of `OTEL_EXPORTER_OTLP_*`. */
  readonly otlp: { readonly intervalMs: number; readonly timeoutMs: number } | undefined
  readonly mcpSessionIdleSeconds: number
  /** Whether OpenTelemetry's own HTTP metrics are made as well. */
  readonly httpInstrumentation: boolean
  /** `gen_ai_system` by host, or by host and port. */
  readonly llmHosts: Readonly<Record<string, string>>
  /** What the user got wrong, and what was done about it: a line each. */
  readonly problems: readonly string[]
}

const LOG_LEVELS = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the configuration. As OpenTelemetry has it, an empty variable is like none, and one that cannot be used is
 * reported and passed over.
 */
export function readConfiguration(environment: Environment): Configuration {
  const problems: string[] = []

  function read(name: string): string | undefined {
    const value = environment[name]?.trim()
    return value === '' ? undefined : value
  }

  function readNumber(name: string, what: string, min: number, max: number, otherwise: number): number {
    const value = read(name)
    if (value === undefined) return otherwise
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    problems.push(`${name}=${quote(value)} is not ${what} from ${min} to ${max}; using ${otherwise}`)
    return otherwise
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
      const bridged = read('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT') ?? read('OTEL_EXPORTER_OTLP_ENDPOINT')
      return new Set(bridged === undefined ? ['prometheus'] : ['prometheus', 'otlp'])
    }
    const exporters = value.split(',').map((name) => name.trim().toLowerCase())
    for (const name of exporters) {
      if (name === 'prometheus' || name === 'otlp' || name === 'none') continue
      problems.push(`OTEL_METRICS_EXPORTER=${quote(value)} names ${quote(name)}; known are prometheus, otlp, none`)
    }
    return new Set(exporters)
  }

  function isProtocolSupported(): boolean {
    const name = ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'].find((one) => read(one))
    const value = name && read(name)
    if (value === undefined || value === 'http/protobuf') return true
    problems.push(`${name}=${quote(value)} is not supported, so nothing is sent by OTLP; set it to http/protobuf`)
    return false
  }

  function isEndpointUsable(): boolean {
    const name = ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'].find((one) => read(one))
    const value = name && read(name)
    if (value === undefined || (/^https?:\/\//i.test(value) && URL.canParse(value))) return true
    problems.push(`${name}=${quote(value)} is no URL such as http://localhost:4318, so nothing is sent by OTLP`)
    return false
  }

  function readLlmHosts(): Record<string, string> {
    const hosts: Record<string, string> = Object.create(null)
    for (const entry of read('AGENTGATEWAY_LLM_HOSTS')?.split(',') ?? []) {
      if (entry.trim() === '') continue
      const { host, system } = LLM_HOST.exec(entry.trim())?.groups ?? {}
      const isPort = Number(/:(\d+)$/.exec(host ?? '')?.[1] ?? 1) <= 65_535
      if (host !== undefined && system !== undefined && isPort) hosts[host.toLowerCase()] = system
      else problems.push(`AGENTGATEWAY_LLM_HOSTS has ${quote(entry.trim())}, which is passed over; write host=system`)
    }
    return hosts
  }

  /** OpenTelemetry reads the attributes, and passes all of them over, without a word, where one is wrong. */
  function checkResourceAttributes(): void {
    const value = read('OTEL_RESOURCE_ATTRIBUTES')
    const wrong = value?.split(',').find((attribute) => attribute.trim() !== '' && !isAttribute(attribute))
    if (wrong === undefined) return
    problems.push(
      `OTEL_RESOURCE_ATTRIBUTES has ${quote(wrong.trim())}, which is no key=value, so all of it is passed over; write "," and "=" in keys and values as %2C and %3D`,
    )
  }

  const exporters = readExporters()
  const logLevel = readLogLevel()
  checkResourceAttributes()
  const host = read('OTEL_EXPORTER_PROMETHEUS_HOST')?.replace(/^\[(.*)\]$/, '$1')
  const port = readNumber('OTEL_EXPORTER_PROMETHEUS_PORT', 'a port', 0, 65535, 15020)
  const intervalMs = readNumber('OTEL_METRIC_EXPORT_INTERVAL', 'milliseconds', 1, 2 ** 31 - 1, 60_000)
  const timeoutMs = readNumber('OTEL_METRIC_EXPORT_TIMEOUT', 'milliseconds', 1, 2 ** 31 - 1, 30_000)

  return {
    disabled: readBoolean('OTEL_SDK_DISABLED'),
    logLevel,
    prometheus: exporters.has('prometheus') ? { host, port } : undefined,
    otlp:
      exporters.has('otlp') && isProtocolSupported() && isEndpointUsable()
        ? { intervalMs, timeoutMs: Math.min(timeoutMs, intervalMs) }
        : undefined,
    perProcess: readBoolean('AGENTGATEWAY_PER_PROCESS'),
    mcpSessionIdleSeconds: readNumber('AGENTGATEWAY_MCP_SESSION_IDLE_SECONDS', 'seconds', 1, 2 ** 31 - 1, 1800),
    httpInstrumentation: readBoolean('AGENTGATEWAY_HTTP_INSTRUMENTATION'),
    llmHosts: readLlmHosts(),
    problems,
  }
}

/** A host name or address, of IPv6 in brackets, maybe with a port; a name as a label may have it. */
const LLM_HOST = /^(?<host>(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?)\s*=\s*(?<system>[\w.-]{1,64})$/i

/** OpenTelemetry takes no longer key and no longer value. */
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

/** A value as it may stand in a line for the terminal: no control characters, not too long. */
const quote = (value: string) => JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
