import { LABEL_SETS } from '@agentgateway-otel/metrics'

interface Message {
  readonly id?: unknown
  readonly method?: string
  readonly params?: { readonly name?: string }
  readonly error?: unknown
  readonly result?: {
    readonly isError?: boolean
    readonly tools?: readonly { name: string }[]
    readonly prompts?: readonly { name: string }[]
    readonly serverInfo?: { name: string }
    readonly _meta?: Readonly<Record<string, { name: string }>>
  }
}

export interface LedgerCall {
  readonly method: string
  readonly name: string
  readonly id: unknown
  status: 'ok' | 'error' | 'none'
}

const TYPES: Readonly<Record<string, string>> = { tools: 'tool', prompts: 'prompt', resources: 'resource' }
const METHODS: readonly string[] = LABEL_SETS.mcpRequest[0][1].values

/** Keeps a ledger of the messages between one client and one server. */
export function createLedger() {
  const calls: LedgerCall[] = []
  const known = new Set<string>()
  let serverName: string | undefined

  return {
    /** Notes a message or a batch that the client sent, and returns its requests and notifications. */
    sent(text: string): LedgerCall[] {
      const added = messagesOf(text).flatMap(({ method, params, id }) =>
        method === undefined ? [] : [{ method, name: params?.name ?? '', id, status: 'none' } satisfies LedgerCall],
      )
      calls.push(...added)
      return added
    },
    /** Notes a message or a batch that the server sent. */
    received(text: string): void {
      for (const { id, method, error, result } of messagesOf(text)) {
        if (method !== undefined) continue
        const call = calls.find((call) => call.status === 'none' && call.id !== undefined && call.id === id)
        if (call === undefined) continue
        call.status = error !== undefined || result?.isError ? 'error' : 'ok'
        if (call.status === 'ok') known.add(call.name)
        for (const { name } of result?.tools ?? result?.prompts ?? []) known.add(name)
        const info = result?.serverInfo ?? result?._meta?.['io.modelcontextprotocol/serverInfo']
        serverName = info?.name ?? serverName
      }
    },
    get serverName() {
      return serverName
    },
    get size() {
      return calls.length
    },
    /** The counts by `method|resource_type|resource|status`. */
    rows(): Record<string, number> {
      const rows: Record<string, number> = {}
      for (const { method, name, status } of calls) {
        const isKnown = METHODS.includes(method)
        const type = method === 'resources/templates/list' ? 'templates' : (TYPES[method.split('/')[0] ?? ''] ?? '')
        const named = method === 'tools/call' || method === 'prompts/get'
        const resource = !named || name === '' ? '' : known.has(name) ? name : '_OTHER'
        const key = `${isKnown ? method : '_OTHER'}|${isKnown ? type : ''}|${resource}|${status}`
        rows[key] = (rows[key] ?? 0) + 1
      }
      return rows
    },
  }
}

function messagesOf(text: string): Message[] {
  if (text.trim() === '') return []
  const value = JSON.parse(text) as Message | Message[]
  return Array.isArray(value) ? value : [value]
}

/** The complete events of a stream, and the bytes after them. */
export function eventsOf(bytes: Buffer): { events: { type: string; data: string }[]; rest: Buffer } {
  const end = bytes.lastIndexOf('\n\n') + 2
  if (end === 1) return { events: [], rest: bytes }
  const parts = bytes.subarray(0, end).toString().split('\n\n').slice(0, -1)
  const events = parts.map((part) => ({
    type: /^event: ?(.*)$/m.exec(part)?.[1] ?? 'message',
    data: [...part.matchAll(/^data: ?(.*)$/gm)].map(([, data]) => data).join('\n'),
  }))
  return { events, rest: bytes.subarray(end) }
}
