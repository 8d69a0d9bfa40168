import assert from 'node:assert/strict'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'

export const REQUESTS = 'agentgateway_mcp_requests_total'
export const SESSIONS = 'agentgateway_mcp_sessions_active'

export interface End {
  readonly role: 'server' | 'client'
  readonly transport: 'streamable_http' | 'sse' | 'stdio'
}

/** The client messages that one end counted, by `method|resource_type|resource|status`, and the names of the servers. */
export function requestsOf(families: Families, { role, transport }: End) {
  const rows: Record<string, number> = {}
  const servers = new Set<string>()
  for (const { labels, value } of families.get(REQUESTS)?.samples ?? []) {
    if (labels.role !== role || labels.transport !== transport) continue
    // The name of the server is unknown before its response, and if it does not know this method.
    if (labels.method !== 'server/discover' || labels.status === 'ok') servers.add(labels.server ?? assert.fail())
    const key = `${labels.method}|${labels.resource_type}|${labels.resource}|${labels.status}`
    rows[key] = (rows[key] ?? 0) + value
  }
  return { rows, servers: [...servers], total: sumOf(families, REQUESTS, { role, transport }) }
}

export const sessionsOf = (families: Families, end: End) => sumOf(families, SESSIONS, { ...end })
