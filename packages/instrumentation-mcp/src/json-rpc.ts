/** A request, or a notification, which has no id and gets no answer. */
export interface Call {
  readonly method: string
  /** `params.name`; empty where there is none. */
  readonly name: string
  /** Undefined: a notification. Of a request, MCP allows strings and numbers. */
  readonly id: unknown
}

export interface Answer {
  /** Null where the server could not tell which request it answers. */
  readonly id: unknown
  /** A JSON-RPC error, or a tool's result that says it is one. */
  readonly isError: boolean
  /** `serverInfo.name`, which answers to `initialize` have. */
  readonly serverName: string | undefined
}

export interface Messages {
  readonly calls: readonly Call[]
  readonly answers: readonly Answer[]
}

type Json = Readonly<Record<string, unknown>>

/** The messages of JSON-RPC 2.0 in a JSON text: one, or a batch. None where it is anything else. */
export function readMessages(text: string): Messages {
  const calls: Call[] = []
  const answers: Answer[] = []
  for (const message of parse(text)) {
    if (!isObject(message) || message.jsonrpc !== '2.0') continue
    if (typeof message.method === 'string') calls.push(toCall(message, message.method))
    else if ('error' in message || 'result' in message) answers.push(toAnswer(message))
  }
  return { calls, answers }
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
  const name = isObject(params) && typeof params.name === 'string' ? params.name : ''
  return { method, name, id }
}

function toAnswer({ id = null, error, result }: Json): Answer {
  if (error !== undefined || !isObject(result)) return { id, isError: true, serverName: undefined }
  const { isError, serverInfo } = result
  const name = isObject(serverInfo) ? serverInfo.name : undefined
  return { id, isError: isError === true, serverName: typeof name === 'string' ? name : undefined }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
