/** A request, or a notification, which has no id and gets no answer. */
export interface Call {
  readonly method: string
  /** `params.name`; empty where there is none. */
  readonly name: string
  /** Undefined: a notification. Of a request, MCP allows strings and numbers. */
  readonly id: unknown
  /** `params.requestId` of `notifications/cancelled`: the request that the client no longer waits for. */
  readonly cancels: unknown
  /**
   * The protocol's version that the message states: `initialize` in its `params`, other messages from 2026-07-28 on in
   * `_meta`, which is read only where the outline is `PROOF_DEPTH` deep. MCP's versions are strings.
   */
  readonly version: unknown
}

export interface Answer {
  /** Null where the server could not tell which request it answers. */
  readonly id: unknown
  /** A JSON-RPC error, or a tool's result that says it is one. */
  readonly isError: boolean
  /** What the server calls itself: in its answer to `initialize`, and from 2026-07-28 on in any. */
  readonly serverName: string | undefined
  /** The name stands in `_meta`, where any result of 2026-07-28 has it. */
  readonly isNamedInMeta: boolean
  /** What only an MCP server says: the result of `initialize`, with the server's name and a version that is a string. */
  readonly isInitialized: boolean
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

/** A message, its `params`, and `_meta` in these. */
export const PROOF_DEPTH = 3

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

/** The name that a server gives itself in the answer to this message. In a tool's result, `serverInfo` may be anything. */
export function serverNameIn({ method }: Call, answer: Answer | undefined): string | undefined {
  if (answer === undefined) return undefined
  const namesItself = answer.isNamedInMeta || method === 'initialize' || method === 'server/discover'
  return namesItself ? answer.serverName : undefined
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
  const fields = isObject(params) ? params : {}
  const { name, requestId, protocolVersion } = fields
  return {
    method,
    name: typeof name === 'string' ? name : '',
    id,
    cancels: method === 'notifications/cancelled' ? requestId : undefined,
    version: method === 'initialize' ? protocolVersion : metaOf(fields, 'protocolVersion'),
  }
}

const NOTHING_SAID = { serverName: undefined, isNamedInMeta: false, isInitialized: false, names: [] } as const

function toAnswer({ id = null, error, result }: Json): Answer {
  if (error !== undefined || !isObject(result)) return { ...NOTHING_SAID, id, isError: true }
  const named = nameOf(result.serverInfo)
  const namedInMeta = nameOf(metaOf(result, 'serverInfo'))
  return {
    id,
    isError: result.isError === true,
    serverName: namedInMeta ?? named,
    isNamedInMeta: namedInMeta !== undefined,
    isInitialized: named !== undefined && typeof result.protocolVersion === 'string',
    names: namesIn(result.tools ?? result.prompts),
  }
}

function nameOf(info: unknown): string | undefined {
  return isObject(info) && typeof info.name === 'string' ? info.name : undefined
}

/** The request stays open for the subscription's life: this is what says that the server took it. */
const toAcknowledgement = ({ params }: Json): Answer => ({
  ...NOTHING_SAID,
  id: isObject(params) ? metaOf(params, 'subscriptionId') : undefined,
  isError: false,
})

function namesIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return []
  return list
    .map((item: unknown) => (isObject(item) ? item.name : undefined))
    .filter((name) => typeof name === 'string')
}

const metaOf = ({ _meta }: Json, name: string) => (isObject(_meta) ? _meta[META + name] : undefined)

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
