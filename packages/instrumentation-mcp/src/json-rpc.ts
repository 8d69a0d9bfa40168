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
  /** When the message began to be sent, in milliseconds. */
  readonly startMs: number
}

/** What a server sends back for a request: a result or an error. */
export interface McpResponse {
  /** The request's id; null when the server could not tell which request it responds to. */
  readonly id: unknown
  /** Whether it is a JSON-RPC error, or a tool's result with `isError`. */
  readonly isError: boolean
  /** The code of a JSON-RPC error, if it has one. */
  readonly errorCode: number | undefined
  /** Whether it is a tool's result with `isError`. */
  readonly isToolError: boolean
  /** The server's own name: in the result of `initialize`, and from 2026-07-28 on in any result. */
  readonly serverName: string | undefined
  /** Whether the name is in `_meta`, where any result of 2026-07-28 has it. */
  readonly isNamedInMeta: boolean
  /** Whether only an MCP server sends this: a result with the server's name and a protocol version that is a string. */
  readonly isInitializeResult: boolean
  /** The names of the tools or prompts that the result lists. */
  readonly listedNames: readonly string[]
  /** When all of the response had passed, in milliseconds. */
  readonly endMs: number
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
export const readMessages = (text: string, atMs: number): Messages => messagesIn(parse(text), atMs)

/**
 * Returns the JSON-RPC 2.0 messages in a JSON value, which is one or a batch. Any other value has none.
 *
 * @param atMs the time of the messages, which each of them has as its `startMs` or `endMs`
 */
export function messagesIn(value: unknown, atMs: number): Messages {
  if (Array.isArray(value)) return messagesOfBatch(value, atMs)
  if (!isObject(value) || value.jsonrpc !== '2.0') return NO_MESSAGES
  if (typeof value.method === 'string') {
    const responses =
      value.method === 'notifications/subscriptions/acknowledged' ? [toAcknowledgement(value, atMs)] : []
    return { clientMessages: [toClientMessage(value, value.method, atMs)], responses }
  }
  return 'error' in value || 'result' in value
    ? { clientMessages: [], responses: [toResponse(value, atMs)] }
    : NO_MESSAGES
}

const NO_MESSAGES: Messages = { clientMessages: [], responses: [] }

function messagesOfBatch(batch: readonly unknown[], atMs: number): Messages {
  const messages = batch.map((item) => (Array.isArray(item) ? NO_MESSAGES : messagesIn(item, atMs)))
  return {
    clientMessages: messages.flatMap(({ clientMessages }) => clientMessages),
    responses: messages.flatMap(({ responses }) => responses),
  }
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toClientMessage({ id, params }: Json, method: string, startMs: number): ClientMessage {
  const fields = isObject(params) ? params : {}
  const { name, requestId, protocolVersion } = fields
  return {
    method,
    name: typeof name === 'string' ? name : '',
    id,
    cancels: method === 'notifications/cancelled' ? requestId : undefined,
    version: method === 'initialize' ? protocolVersion : metaMember(fields, 'protocolVersion'),
    startMs,
  }
}

const EMPTY_RESPONSE = {
  errorCode: undefined,
  isToolError: false,
  serverName: undefined,
  isNamedInMeta: false,
  isInitializeResult: false,
  listedNames: [],
} as const

function toResponse({ id = null, error, result }: Json, endMs: number): McpResponse {
  if (error !== undefined || !isObject(result))
    return { ...EMPTY_RESPONSE, id, isError: true, errorCode: codeOf(error), endMs }
  const name = nameOf(result.serverInfo)
  const nameInMeta = nameOf(metaMember(result, 'serverInfo'))
  return {
    id,
    isError: result.isError === true,
    errorCode: undefined,
    isToolError: result.isError === true,
    serverName: nameInMeta ?? name,
    isNamedInMeta: nameInMeta !== undefined,
    isInitializeResult: name !== undefined && typeof result.protocolVersion === 'string',
    listedNames: namesIn(result.tools ?? result.prompts),
    endMs,
  }
}

const codeOf = (error: unknown) =>
  isObject(error) && Number.isSafeInteger(error.code) ? Number(error.code) : undefined

function nameOf(info: unknown): string | undefined {
  return isObject(info) && typeof info.name === 'string' ? info.name : undefined
}

/**
 * Reads the notification that a server has accepted a subscription as the response to its request, since that request stays
 * open for as long as the subscription lives.
 */
const toAcknowledgement = ({ params }: Json, endMs: number): McpResponse => ({
  ...EMPTY_RESPONSE,
  id: isObject(params) ? metaMember(params, 'subscriptionId') : undefined,
  isError: false,
  endMs,
})

function namesIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return []
  return list
    .map((item: unknown) => (isObject(item) ? item.name : undefined))
    .filter((name) => typeof name === 'string')
}

const metaMember = ({ _meta }: Json, name: string) => (isObject(_meta) ? _meta[META_PREFIX + name] : undefined)

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
