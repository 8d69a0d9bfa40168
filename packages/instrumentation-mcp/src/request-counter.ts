import {
  boundOf,
  createInstruments,
  createLabelSet,
  type InstrumentOptions,
  OTHER,
  UNKNOWN,
} from '@agentgateway-otel/metrics'
import type { Meter } from '@opentelemetry/api'
import type { ClientMessage, McpResponse } from './json-rpc.ts'
import type { Role, Status, TransportName } from './label-values.ts'
import { createResourceNames } from './resource-names.ts'
import type { StandardMetrics } from './standard-metrics.ts'

/**
 * Counts a message that a client sent.
 *
 * @param response the response, if there was one
 * @param server the MCP server's own name, if it is known
 * @param endMs when the message was answered, in milliseconds; undefined if it was not
 */
export type CountMessage = (
  message: ClientMessage,
  status: Status,
  response: McpResponse | undefined,
  server: string | undefined,
  endMs: number | undefined,
) => void

const METHODS: ReadonlySet<string> = new Set(boundOf('mcpRequest', 'method').values)

/**
 * Records `agentgateway_mcp_requests_total` and the durations of requests, as far as they are asked for. Returns a function that makes
 * the counter of one role and transport.
 *
 * @param standard the metrics of the semantic conventions, if they were asked for
 */
export function createRequestCounter(meter: Meter, standard: StandardMetrics | undefined, options?: InstrumentOptions) {
  const { mcpRequests, mcpRequestDuration } = createInstruments(meter, ['mcpRequests', 'mcpRequestDuration'], options)
  const labels = createLabelSet('mcpRequest')
  const resourceNames = createResourceNames()

  /** Resources have URIs, which may name a user or a file, so only tools and prompts are named. */
  function resourceOf({ method, name }: ClientMessage, type: string, status: Status): string {
    if (name === '' || (method !== 'tools/call' && method !== 'prompts/get')) return ''
    if (status === 'ok') resourceNames.learn(type, [name])
    return resourceNames.has(type, name) ? name : OTHER
  }

  return (role: Role, transport: TransportName): CountMessage =>
    (message, status, response, server = UNKNOWN, endMs) => {
      const { method } = message
      const type = resourceTypeOf(method)
      if (response && (method === 'tools/list' || method === 'prompts/list')) {
        resourceNames.learn(type, response.listedNames)
      }
      const resource = resourceOf(message, type, status)
      mcpRequests?.add(1, labels.of(method, role, transport, type, resource, server, status))
      if (endMs === undefined) return
      const durationSeconds = (endMs - message.startMs) / 1000
      mcpRequestDuration?.record(durationSeconds, labels.of(method, role, transport, type, resource, server, status))
      standard?.recordRequest(role, transport, { method, resource, status, response, durationSeconds })
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
  if (!METHODS.has(method)) return ''
  if (method.startsWith('resources/templates/')) return 'templates'
  return RESOURCE_TYPES.get(method.slice(0, method.indexOf('/'))) ?? ''
}
