/** A request, or a notification, which has no id and gets no answer. */
export interface Call {
  readonly method: string
  /** `params.name`; empty where there is none. */
  readonly name: string
  /** Undefined: a notification. Of a request, MCP allows strings and numbers. */
  readonly id: unknown
  /** `params.requestId` of `notifications/cancelled`: the request that the client no longer waits for. */
  readonly cancels: unknown
}

export interface Answer {
  /** Null where the server could not tell which request it answers. */
  readonly id: unknown
  /** A JSON-RPC error, or a tool's result that says it is one. */
  readonly isError: boolean
  /** What the server calls itself: in its answer to `initialize`, and from 2026-07-28 on in any. */
  readonly serverName: string | undefined
  /** Of the tools, or the prompts, that the answer lists. */
  readonly names: readonly string[]
}

export interface Messages {
  readonly calls: readonly Call[]
  readonly answers: readonly Answer[]
}

type Json = Readonly<Record<string, unknown>>

/** An answer, its result, a list or `_meta` in that, and what is in there: a tool, or what the server says of itself. */
export const ANSWER_DEPTH = 4

/** A message and its `params`. */
export const CALL_DEPTH = 2

const META = 'io.modelcontextprotocol/'

/** The messages of JSON-RPC 2.0 in a JSON text: one, or a batch. None where it is anything else. */
export function readMessages(text: string): Messages {
  const calls: Call[] = []
  const answers: Answer[] = []
  for (const message of parse(text)) {
    if (!isObject(message) || message.jsonrpc !== '2.0') continue
    if (typeof message.method === 'string') {
      calls.push(toCall(message, message.method))
      if (message.method === 'notifications/subscriptions/acknowledged') answers.push(toAcknowledgement(message))
    } else if ('error' in message || 'result' in message) answers.push(toAnswer(message))
  }
  return { calls, answers }
}

/** Whether a line is the first of a conversation with an MCP server. From 2026-07-28 on, any request may be. */
export function beginsConversation(line: string): boolean {
  const [message] = parse(line)
  if (!isObject(message) || message.jsonrpc !== '2.0') return false
  const { method, params } = message
  if (method === 'initialize' || method === 'server/discover') return true
  return typeof method === 'string' && isObject(params) && metaOf(params, 'protocolVersion') !== undefined
}

function parse(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : [value]
  } catch {
    return []
  }
}

function toCall({ id, params }: Json, method: string): Call {
  const { name, requestId } = isObject(params) ? params : {}
  return {
    method,
    name: typeof name === 'string' ? name : '',
    id,
    cancels: method === 'notifications/cancelled' ? requestId : undefined,
  }
}

function toAnswer({ id = null, error, result }: Json): Answer {
  if (error !== undefined || !isObject(result)) return { id, isError: true, serverName: undefined, names: [] }
  const serverInfo = result.serverInfo ?? metaOf(result, 'serverInfo')
  const name = isObject(serverInfo) ? serverInfo.name : undefined
  return {
    id,
    isError: result.isError === true,
    serverName: typeof name === 'string' ? name : undefined,
    names: namesIn(result.tools ?? result.prompts),
  }
}

/** The request stays open for the subscription's life: this is what says that the server took it. */
const toAcknowledgement = ({ params }: Json): Answer => ({
  id: isObject(params) ? metaOf(params, 'subscriptionId') : undefined,
  isError: false,
  serverName: undefined,
  names: [],
})

function namesIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return []
  return list
    .map((item: unknown) => (isObject(item) ? item.name : undefined))
    .filter((name) => typeof name === 'string')
}

const metaOf = ({ _meta }: Json, name: string) => (isObject(_meta) ? _meta[META + name] : undefined)

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
