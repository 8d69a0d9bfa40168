import { isMetricSelector, type MetricSelector } from '@agentgateway-otel/metrics'
import { IGNORABLE_PATHS, isIgnorablePath } from '../configuration/http-ignore.ts'
import { parseLlmHosts } from '../configuration/llm-hosts.ts'
import { nearestSelector } from '../configuration/metric-selectors.ts'
import { nearestName } from '../configuration/nearest-name.ts'

/** Which metrics the instrumentations make, and how. The environment is not read: it configures the preload. */
export interface InstrumentationOptions {
  /** The label `gateway` of all metrics. Default: the `service.name` of the resource that the SDK has. */
  readonly gateway?: string
  /**
   * Names of optional metrics and of their groups to add, or with `-` before a name, to leave out. Default: the eleven
   * metrics.
   *
   * @example ['mcp', '-agentgateway_request_size_bytes']
   */
  readonly metrics?: readonly string[]
  /**
   * `gen_ai_system` for hosts that are not known, by the end of a host's name, or by host and port.
   *
   * @example { 'llm.internal': 'openai', '10.0.0.5:8000': 'vllm' }
   */
  readonly llmHosts?: Readonly<Record<string, string>>
  /**
   * Paths whose requests are not counted: `/healthz` is one path, `/internal/*` are all that begin with `/internal/`.
   * Default: none.
   *
   * @example ['/healthz', '/internal/*']
   */
  readonly ignorePaths?: readonly string[]
  /**
   * Where the label `route` comes from: `auto` has the routes of frameworks, `explicit` only what the app passes to `setRoute`.
   * Default: `auto`.
   */
  readonly routes?: 'auto' | 'explicit'
  /** Seconds without use after which an MCP session over Streamable HTTP counts as ended. Default: 1800. */
  readonly mcpSessionIdleSeconds?: number
}

/** The options as the instrumentations take them. */
interface CheckedOptions {
  readonly gateway?: string | undefined
  readonly metrics: readonly MetricSelector[]
  readonly llmHosts: Readonly<Record<string, string>>
  readonly ignorePaths: readonly string[]
  readonly routes?: 'auto' | 'explicit' | undefined
  readonly mcpSessionIdleSeconds?: number | undefined
}

const CHECKS = {
  gateway(value: unknown): string {
    return typeof value === 'string' && value !== '' ? value : fail('gateway', value, 'a string that is not empty')
  },
  metrics(value: unknown): readonly MetricSelector[] {
    if (!Array.isArray(value)) return fail('metrics', value, 'an array of names of metrics and groups')
    return value.map((item: unknown) => {
      if (typeof item !== 'string') return fail('metrics', item, 'names of metrics and groups')
      if (isMetricSelector(item)) return item
      const nearest = nearestSelector(item)
      const question = nearest === undefined ? '' : `; did you mean ${show(nearest)}?`
      return fail('metrics', item, `names of metrics and groups${question}`)
    })
  },
  llmHosts(value: unknown): Readonly<Record<string, string>> {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fail('llmHosts', value, 'an object of names of systems by host')
    for (const [host, system] of Object.entries(value)) {
      if (typeof system !== 'string' || !Object.hasOwn(parseLlmHosts(`${host}=${system}`).value, host.toLowerCase()))
        fail(`llmHosts[${show(host)}]`, system, "a system's name, such as 'openai', for a host or for host and port")
    }
    return value as Readonly<Record<string, string>>
  },
  ignorePaths(value: unknown): readonly string[] {
    if (!Array.isArray(value)) return fail('ignorePaths', value, 'an array of paths')
    for (const path of value) {
      if (typeof path !== 'string' || !isIgnorablePath(path)) fail('ignorePaths', path, IGNORABLE_PATHS)
    }
    return value
  },
  routes(value: unknown): 'auto' | 'explicit' {
    return value === 'auto' || value === 'explicit' ? value : fail('routes', value, '"auto" or "explicit"')
  },
  mcpSessionIdleSeconds(value: unknown): number {
    const isValid = Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31
    return isValid ? (value as number) : fail('mcpSessionIdleSeconds', value, 'a whole number of seconds from 1 on')
  },
}

type OptionName = keyof typeof CHECKS & keyof InstrumentationOptions

/**
 * Returns the options with their defaults.
 *
 * @throws TypeError when an option is unknown or has a value that cannot be used
 */
export function checkOptions(options: InstrumentationOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) fail('the argument', options, 'an object of options')
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const checked = given.map(([name, value]) => [name, checkOf(name)(value)])
  return { metrics: [], llmHosts: {}, ignorePaths: [], ...Object.fromEntries(checked) }
}

function checkOf(name: string): (value: unknown) => unknown {
  if (Object.hasOwn(CHECKS, name)) return CHECKS[name as OptionName]
  const nearest = nearestName(name, Object.keys(CHECKS)) as string
  throw new TypeError(`agentgateway-otel: getInstrumentations has no option ${name}; did you mean ${nearest}?`)
}

function fail(name: string, value: unknown, allowed: string): never {
  throw new TypeError(`agentgateway-otel: getInstrumentations: ${name} is ${show(value)}; allowed: ${allowed}`)
}

const show = (value: unknown) => (typeof value === 'string' ? JSON.stringify(value) : String(value))
