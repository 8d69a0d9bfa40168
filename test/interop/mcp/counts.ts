import assert from 'node:assert/strict'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'

export const REQUESTS = 'agentgateway_mcp_requests_total'
const DURATIONS = 'agentgateway_mcp_request_duration_seconds'
export const SESSIONS = 'agentgateway_mcp_sessions_active'

export interface End {
  readonly role: 'server' | 'client'
  readonly transport: 'streamable_http' | 'sse' | 'stdio'
}

const keyOf = ({ method, resource_type, resource, status }: Readonly<Record<string, string>>) =>
  `${method}|${resource_type}|${resource}|${status}`

const isOf =
  ({ role, transport }: End) =>
  ({ labels }: { readonly labels: Readonly<Record<string, string>> }) =>
    labels.role === role && labels.transport === transport

/** The client messages that one end counted, by `method|resource_type|resource|status`, and the names of the servers. */
export function requestsOf(families: Families, end: End) {
  const { role, transport } = end
  const rows: Record<string, number> = {}
  const servers = new Set<string>()
  for (const { labels, value } of families.get(REQUESTS)?.samples.filter(isOf(end)) ?? []) {
    // The name of the server is unknown before its response, and if it does not know this method.
    if (labels.method !== 'server/discover' || labels.status === 'ok') servers.add(labels.server ?? assert.fail())
    const key = keyOf(labels)
    rows[key] = (rows[key] ?? 0) + value
  }
  return { rows, servers: [...servers], total: sumOf(families, REQUESTS, { role, transport }) }
}

export const sessionsOf = (families: Families, end: End) => sumOf(families, SESSIONS, { ...end })

/** The requests whose duration one end recorded, by the same key, and the sum of these durations. */
export function durationsOf(families: Families, end: End) {
  const rows: Record<string, number> = {}
  for (const { name, labels, value } of families.get(DURATIONS)?.samples.filter(isOf(end)) ?? []) {
    if (name === `${DURATIONS}_count`) rows[keyOf(labels)] = (rows[keyOf(labels)] ?? 0) + value
  }
  return { rows, seconds: sumOf(families, `${DURATIONS}_sum`, { ...end }) }
}

/** The same under the names of the semantic conventions, by `method|tool or prompt|ok or error`. */
export function standardDurationsOf(families: Families, { role, transport }: End): Record<string, number> {
  const name = `mcp_${role}_operation_duration_seconds`
  const rows: Record<string, number> = {}
  for (const sample of families.get(name)?.samples ?? []) {
    const {
      mcp_method_name,
      gen_ai_tool_name = '',
      gen_ai_prompt_name = '',
      error_type,
      network_transport,
    } = sample.labels
    if (sample.name !== `${name}_count` || (network_transport === 'pipe') !== (transport === 'stdio')) continue
    const key = `${mcp_method_name}|${gen_ai_tool_name}${gen_ai_prompt_name}|${error_type === undefined ? 'ok' : 'error'}`
    rows[key] = (rows[key] ?? 0) + sample.value
  }
  return rows
}
