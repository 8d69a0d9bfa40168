/** A JSON-RPC request or notification that a client sends. */
export interface ClientMessage {
  readonly method: string
  /** The name in `params.name`, or an empty string. */
  readonly name: string
  /** The request's id; undefined for a notification, which gets no response. MCP allows strings and numbers. */
  readonly id: unknown
  /** The request that the client no longer waits for: `params.requestId` of `notifications/cancelled`. */
  readonly cancels: unknown
  /**
   * The protocol version that the message states: `initialize` has it in its `params`, and from 2026-07-28 on every message has
   * it in `_meta`, which is read only if the outline is `EVIDENCE_DEPTH` deep. MCP's versions are strings.
   */
  readonly version: unknown
}

/** What a server sends back for a request: a result or an error. */
export interface McpResponse {
  /** The request's id; null when the server could not tell which request it responds to. */
  readonly id: unknown
  /** Whether it is a JSON-RPC error, or a tool's result with `isError`. */
  readonly isError: boolean
  /** The server's own name: in the result of `initialize`, and from 2026-07-28 on in any result. */
  readonly serverName: string | undefined
  /** Whether the name is in `_meta`, where any result of 2026-07-28 has it. */
  readonly isNamedInMeta: boolean
  /** Whether only an MCP server sends this: a result with the server's name and a protocol version that is a string. */
  readonly isInitializeResult: boolean
  /** The names of the tools or prompts that the result lists. */
  readonly listedNames: readonly string[]
}

export interface Messages {
  readonly clientMessages: readonly ClientMessage[]
  readonly responses: readonly McpResponse[]
}

type Json = Readonly<Record<string, unknown>>

/** The outline of a response has to keep the response, its result, a list or `_meta` in that, and a tool or server info in there. */
export const RESPONSE_DEPTH = 4

/** The outline of a client's message has to keep the message and its `params`. */
export const MESSAGE_DEPTH = 2

/** To show whether a message is MCP's, the outline has to keep `_meta` in its `params` too. */
export const EVIDENCE_DEPTH = 3

const META_PREFIX = 'io.modelcontextprotocol/'

/** Reads the JSON-RPC 2.0 messages of a JSON text, which holds one or a batch. Anything else yields none. */
export function readMessages(text: string): Messages {
  const clientMessages: ClientMessage[] = []
  const responses: McpResponse[] = []
  for (const message of parse(text)) {
    if (!isObject(message) || message.jsonrpc !== '2.0') continue
    if (typeof message.method === 'string') {
      clientMessages.push(toClientMessage(message, message.method))
      if (message.method === 'notifications/subscriptions/acknowledged') responses.push(toAcknowledgement(message))
    } else if ('error' in message || 'result' in message) responses.push(toResponse(message))
  }
  return { clientMessages, responses }
}

/**
 * Returns the server's own name from the response to this message. In a tool's result, `serverInfo` may be anything, so it
 * counts only where the specification puts it.
 */
export function serverNameIn({ method }: ClientMessage, response: McpResponse | undefined): string | undefined {
  if (response === undefined) return undefined
  const hasServerInfo = response.isNamedInMeta || method === 'initialize' || method === 'server/discover'
  return hasServerInfo ? response.serverName : undefined
}

function parse(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : [value]
  } catch {
    return []
  }
}

function toClientMessage({ id, params }: Json, method: string): ClientMessage {
  const fields = isObject(params) ? params : {}
  const { name, requestId, protocolVersion } = fields
  return {
    method,
    name: typeof name === 'string' ? name : '',
    id,
    cancels: method === 'notifications/cancelled' ? requestId : undefined,
    version: method === 'initialize' ? protocolVersion : metaMember(fields, 'protocolVersion'),
  }
}

const EMPTY_RESPONSE = {
  serverName: undefined,
  isNamedInMeta: false,
  isInitializeResult: false,
  listedNames: [],
} as const

function toResponse({ id = null, error, result }: Json): McpResponse {
  if (error !== undefined || !isObject(result)) return { ...EMPTY_RESPONSE, id, isError: true }
  const name = nameOf(result.serverInfo)
  const nameInMeta = nameOf(metaMember(result, 'serverInfo'))
  return {
    id,
    isError: result.isError === true,
    serverName: nameInMeta ?? name,
    isNamedInMeta: nameInMeta !== undefined,
    isInitializeResult: name !== undefined && typeof result.protocolVersion === 'string',
    listedNames: namesIn(result.tools ?? result.prompts),
  }
}

function nameOf(info: unknown): string | undefined {
  return isObject(info) && typeof info.name === 'string' ? info.name : undefined
}

/**
 * Reads the notification that a server has accepted a subscription as the response to its request, since that request stays
 * open for as long as the subscription lives.
 */
const toAcknowledgement = ({ params }: Json): McpResponse => ({
  ...EMPTY_RESPONSE,
  id: isObject(params) ? metaMember(params, 'subscriptionId') : undefined,
  isError: false,
})

function namesIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return []
  return list
    .map((item: unknown) => (isObject(item) ? item.name : undefined))
    .filter((name) => typeof name === 'string')
}

const metaMember = ({ _meta }: Json, name: string) => (isObject(_meta) ? _meta[META_PREFIX + name] : undefined)

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
