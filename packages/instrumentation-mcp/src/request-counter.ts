import {
  boundOf,
  createInstruments,
  createLabelSet,
  type MetricSelector,
  OTHER,
  UNKNOWN,
} from '@agentgateway-otel/metrics'
import type { Meter } from '@opentelemetry/api'
import type { Answer, Call } from './json-rpc.ts'
import { createResourceNames } from './resource-names.ts'

export type Role = 'server' | 'client'
export type Transport = 'streamable_http' | 'sse' | 'stdio'
/** `none`: a notification, or no answer came. */
export type Status = 'ok' | 'error' | 'none'

/**
 * Counts a message that a client sent.
 *
 * @param answer where there was one
 * @param server the MCP server's own name, where it is known
 */
export type CountCall = (call: Call, status: Status, answer: Answer | undefined, server: string | undefined) => void

const METHODS: ReadonlySet<string> = new Set(boundOf('mcpRequest', 'method').values)

const isKnownMethod = (method: string) => METHODS.has(method)

/** `agentgateway_mcp_requests_total` */
export function createRequestCounter(meter: Meter, metrics?: readonly MetricSelector[]) {
  const { mcpRequests } = createInstruments(meter, ['mcpRequests'], metrics)
  const labels = createLabelSet('mcpRequest')
  const known = createResourceNames()

  /** Resources go by URI, which may name a user or a file: they are left out. */
  function resourceOf({ method, name }: Call, type: string, status: Status): string {
    if (name === '' || (method !== 'tools/call' && method !== 'prompts/get')) return ''
    if (status === 'ok') known.learn(type, [name])
    return known.has(type, name) ? name : OTHER
  }

  return (role: Role, transport: Transport): CountCall =>
    (call, status, answer, server = UNKNOWN) => {
      const { method } = call
      const type = resourceTypeOf(method)
      if (answer && (method === 'tools/list' || method === 'prompts/list')) known.learn(type, answer.names)
      mcpRequests.add(1, labels.of(method, role, transport, type, resourceOf(call, type, status), server, status))
    }
}

const RESOURCE_TYPES: ReadonlyMap<string, string> = new Map([
  ['tools', 'tool'],
  ['prompts', 'prompt'],
  ['resources', 'resource'],
  ['skills', 'skill'],
  ['tasks', 'task'],
])

function resourceTypeOf(method: string): string {
  if (!isKnownMethod(method)) return ''
  if (method.startsWith('resources/templates/')) return 'templates'
  return RESOURCE_TYPES.get(method.slice(0, method.indexOf('/'))) ?? ''
}
