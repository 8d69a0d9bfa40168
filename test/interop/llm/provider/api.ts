import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** What an answer says that was used: the input with what came from caches or went into them, the output with reasoning. */
export interface Tokens {
  readonly input?: number
  readonly output?: number
}

/** A request, as an API reads it. */
export interface Ask {
  /** The path's named groups. */
  readonly path: Readonly<Record<string, string | undefined>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any API
  readonly body: any
}

/** What an answer is to say. */
export interface Plan extends Ask {
  /** The model that answers; an API whose answers name none leaves it out. */
  readonly model: string
  readonly tokens: Required<Tokens>
}

/** Bytes of an answer, and what a client knows of when it has them. */
export interface Part {
  readonly bytes: string | Uint8Array
  readonly model?: string
  readonly tokens?: Tokens
  /** Tokens of other models that were asked in the course of the call, by their names. */
  readonly otherTokens?: Readonly<Record<string, Tokens>>
  /** Headers that are to come before. */
  readonly headers?: Readonly<Record<string, string>>
  /** The tokens are in these headers already. */
  readonly headersTell?: boolean
}

export interface Stream {
  readonly contentType: string
  readonly begin: Part
  /** An event that may be repeated. */
  readonly text: Part
  /** An error in the midst of the stream, and what `error_type` says of it. */
  readonly error: Part & { readonly type: string }
  readonly finish: Part
}

/** One API of a provider, as it looks on the wire. */
export interface Api {
  /** `gen_ai_operation_name`. */
  readonly operation: string
  readonly path: RegExp
  /** `body.model` by default, or the path's group `model`. */
  modelOf?(ask: Ask): string
  /** The model whose name says what is done, where the request does not name one. */
  behaviourOf?(ask: Ask): string
  /** The body as JSON by default. */
  readBody?(request: IncomingMessage): Promise<unknown>
  /** `body.stream === true` by default. */
  isStream?(ask: Ask): boolean
  whole(plan: Plan): Part
  /** The response to a request by which nothing is inferred. */
  idle?(ask: Ask): Part | undefined
  /** Whether a request begins a call in the background; `body.background === true` by default. */
  isBackground?(ask: Ask): boolean
  /** A call in the background as it stands, and the event of a stream that says so. Absent where there are none. */
  background?(
    plan: Plan,
    id: string,
    status: 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled',
  ): { readonly body: object; readonly event: object }
  /** `error_type` of one that fails; `failed` by default. */
  readonly backgroundError?: string
  /** Absent where there are no streams. */
  stream?(plan: Plan): Stream
  /** The answer to a request that is refused with this status. */
  refusal(status: number): Part
}

/** What answers say: characters of two to four bytes, and text that looks like what a reader searches for. */
export const TEXT = 'Grüße 漢字 🎈'
export const TRICKY = `${TEXT} "usage": {"error": "model":`

export const json = (value: object, rest: Omit<Part, 'bytes'> = {}): Part => ({ bytes: JSON.stringify(value), ...rest })

/** An event of a `text/event-stream`. */
export const event = (data: object | string, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

export const EVENT_STREAM = 'text/event-stream; charset=utf-8'
