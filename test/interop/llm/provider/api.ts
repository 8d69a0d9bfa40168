import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** The usage that a response reports: the input with tokens read from and written to caches, the output with reasoning. */
export interface Tokens {
  readonly input?: number
  readonly output?: number
}

/** Parts of the tokens, by the `gen_ai_token_type` of the metric of details. */
export type Details = Readonly<Record<string, number>>

/** A request, as an API reads it. */
export interface ApiRequest {
  /** The named groups of the path. */
  readonly path: Readonly<Record<string, string | undefined>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any API
  readonly body: any
}

/** What the response to a request has to contain. */
export interface Plan extends ApiRequest {
  /** The response's model, which is left out by an API whose responses name none. */
  readonly model: string
  readonly tokens: Required<Tokens>
}

/** A part of a response, and what a client that has received it can know. */
export interface Part {
  readonly bytes: string | Uint8Array
  readonly model?: string
  readonly tokens?: Tokens
  /** The parts of the tokens that the usage reports. Default: those of the API. */
  readonly details?: Details
  /** Tokens of other models that the provider used in the course of the call, by their names. */
  readonly otherTokens?: Readonly<Record<string, Tokens & { readonly details?: Details }>>
  /** Headers of the response. */
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the headers have the tokens. */
  readonly tokensAreInHeaders?: boolean
}

export interface Stream {
  readonly contentType: string
  readonly begin: Part
  /** An event that may be repeated. */
  readonly text: Part
  /** An error in the middle of the stream, and its `error_type`. */
  readonly error: Part & { readonly type: string }
  readonly finish: Part
}

/** One API of a provider, in its wire format. */
export interface Api {
  /** `gen_ai_operation_name`. */
  readonly operation: string
  readonly path: RegExp
  /** `body.model` by default, or the path's group `model`. */
  modelOf?(request: ApiRequest): string
  /** The model whose name selects the behaviour, where the request names none. */
  behaviourOf?(request: ApiRequest): string
  /** The body as JSON by default. */
  readBody?(request: IncomingMessage): Promise<unknown>
  /** `body.stream === true` by default. */
  isStream?(request: ApiRequest): boolean
  whole(plan: Plan): Part
  /** The response to a request that is no call, such as one that only loads a model. */
  idle?(request: ApiRequest): Part | undefined
  /** Whether a request begins a call in the background; `body.background === true` by default. */
  isBackground?(request: ApiRequest): boolean
  /** The state of a call in the background, as a body and as an event of a stream. Absent where there are no such calls. */
  background?(
    plan: Plan,
    id: string,
    status: 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled',
  ): { readonly body: object; readonly event: object }
  /** The `error_type` of a call in the background that fails; `failed` by default. */
  readonly backgroundError?: string
  /** The parts of the tokens that each usage of this API reports, unless a part of a response says otherwise. */
  readonly details?: Details
  /** Whether a stream's content is not timed, because it is a conversation in both directions. */
  readonly isBidirectional?: boolean
  /** Absent where there are no streams. */
  stream?(plan: Plan): Stream
  /** The response to a request that is refused with this status. */
  refusal(status: number): Part
}

/** Texts of responses: characters of two to four bytes, and text that looks like the members that a reader searches for. */
export const TEXT = 'Grüße 漢字 🎈'
export const TRICKY = `${TEXT} "usage": {"error": "model":`

export const json = (value: object, more: Omit<Part, 'bytes'> = {}): Part => ({ bytes: JSON.stringify(value), ...more })

/** An event of a `text/event-stream`. */
export const event = (data: object | string, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

export const EVENT_STREAM = 'text/event-stream; charset=utf-8'
