import type { Call } from './json-rpc.ts'

/**
 * What the messages of one body, or one line, say of the protocol that they belong to, by themselves: MCP, another one
 * that is JSON-RPC too, or what both have.
 */
export type Evidence = 'mcp' | 'other' | 'open'

/**
 * The client's messages of 2025-03-26, the last version before `mcp-protocol-version` had to be sent with each. Of what
 * was added later, such as `tasks/get`, other protocols (A2A) have methods of the same name.
 */
const UNMARKED_METHODS: ReadonlySet<string> = new Set([
  'ping',
  'completion/complete',
  'logging/setLevel',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'resources/templates/list',
  'resources/unsubscribe',
  'tools/call',
  'tools/list',
  'notifications/cancelled',
  'notifications/initialized',
  'notifications/progress',
  'notifications/roots/list_changed',
])

/**
 * MCP's `initialize` has a version that is a string. ACP's is a number, and the `initialize` of LSP and of others has
 * none.
 */
function evidenceOf({ method, version }: Call): Evidence {
  if (method === 'initialize') return typeof version === 'string' ? 'mcp' : 'other'
  if (method === 'server/discover' || typeof version === 'string') return 'mcp'
  return UNMARKED_METHODS.has(method) ? 'open' : 'other'
}

/** The strongest of these: a batch is of one protocol. */
export function evidenceIn(calls: readonly Call[]): Evidence {
  let found: Evidence = 'other'
  for (const call of calls) {
    const evidence = evidenceOf(call)
    if (evidence === 'mcp') return evidence
    if (evidence === 'open') found = evidence
  }
  return found
}
