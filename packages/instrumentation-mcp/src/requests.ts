import { createInstruments, createLabelSet, LABEL_SETS, UNKNOWN } from '@agentgateway-otel/metrics'
import type { Meter } from '@opentelemetry/api'
import type { Call } from './json-rpc.ts'

export type Role = 'server' | 'client'
export type Transport = 'streamable_http'
/** `none`: a notification, or no answer came. */
export type Status = 'ok' | 'error' | 'none'

/** Counts a message that a client sent. `server` is the MCP server's own name, where it is known. */
export type CountCall = (call: Call, status: Status, server: string | undefined) => void

const METHODS: ReadonlySet<string> = new Set(LABEL_SETS.mcpRequest[0][1].values)

export const isKnownMethod = (method: string) => METHODS.has(method)

/** `agentgateway_mcp_requests_total` */
export function createRequestCounter(meter: Meter) {
  const { mcpRequests } = createInstruments(meter, ['mcpRequests'])
  const labels = createLabelSet('mcpRequest')
  return (role: Role, transport: Transport): CountCall =>
    (call, status, server = UNKNOWN) => {
      const { method } = call
      mcpRequests.add(1, labels.of(method, role, transport, resourceTypeOf(method), resourceOf(call), server, status))
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

/** Resources go by URI, which may name a user or a file: they are left out. */
const resourceOf = ({ method, name }: Call) => (method === 'tools/call' || method === 'prompts/get' ? name : '')
