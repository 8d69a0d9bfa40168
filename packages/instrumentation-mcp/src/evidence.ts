import type { ClientMessage } from './json-rpc.ts'

/** The protocol that messages show by themselves: MCP, another one over JSON-RPC, or `shared` if both have such messages. */
export type Evidence = 'mcp' | 'other' | 'shared'

/**
 * The client's messages of 2025-03-26, the last revision in which they need no `mcp-protocol-version` header. The list of
 * methods in the table of metrics does not do, since it has those of all revisions, and other protocols have methods of the
 * same name as later ones: A2A has `tasks/get`.
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

/** The version in MCP's `initialize` is a string. In ACP's it is a number, and LSP's `initialize` has none. */
function evidenceOf({ method, version }: ClientMessage): Evidence {
  if (method === 'initialize') return typeof version === 'string' ? 'mcp' : 'other'
  if (method === 'server/discover' || typeof version === 'string') return 'mcp'
  return UNMARKED_METHODS.has(method) ? 'shared' : 'other'
}

/** Returns the strongest evidence among these messages of one body or line, which all belong to one protocol. */
export function evidenceIn(messages: readonly ClientMessage[]): Evidence {
  let strongest: Evidence = 'other'
  for (const message of messages) {
    const evidence = evidenceOf(message)
    if (evidence === 'mcp') return evidence
    if (evidence === 'shared') strongest = evidence
  }
  return strongest
}
