import type { TokenDetails } from '../formats/token-details.ts'
import type { JsonObject } from '../json-object.ts'
import type { LlmResponse } from '../llm-response.ts'

/** How one LLM API looks on a WebSocket, over which any number of calls are made. */
export interface SocketFormat {
  /** What the API's documentation calls it. The README's table of formats shows it. */
  readonly name: string
  /** `gen_ai_operation_name`: one of the values in the table of metrics. */
  readonly operation: string
  /** How the path of the handshake ends, without the query, as in `Format`. */
  readonly paths: readonly `…${string}`[]
  /** The parameters of the query that may name the model. */
  readonly modelParameters?: readonly string[]
  /** The counts that add up to the input, cached tokens included. They must not overlap. */
  readonly inputCounts: readonly string[]
  /** The counts that add up to the output, reasoning included. They must not overlap. */
  readonly outputCounts: readonly string[]
  /** Reads the parts of the input and of the output from a usage. Must not throw. */
  readDetails?(usage: JsonObject): TokenDetails
  /** Begins to read the messages of one WebSocket. */
  createReader(calls: SocketCalls): SocketReader
}

/** Reads the messages of one WebSocket. A message is valid only during the call. */
export interface SocketReader {
  sent(message: Uint8Array): void
  received(message: Uint8Array): void
  /**
   * The WebSocket is closed. Calls that are under way end after that.
   *
   * @param by who closed it
   * @param code the code with which it was closed; undefined if the connection was cut
   */
  closed?(by: 'app' | 'peer', code: number | undefined): void
}

/** What a reader does with the calls that it finds. */
export interface SocketCalls {
  /** Begins a call that the app has made now, or at an earlier time on the clock of `performance.now()`. */
  begin(startMs?: number): SocketCall
  /** The time, in milliseconds. */
  now(): number
}

/** A call that is under way on a WebSocket. */
export interface SocketCall {
  /** The model that the app asked for, if this message names one; else it is that of the connection. */
  requestModel: string | undefined
  /** What the provider has sent so far. */
  readonly response: LlmResponse
  /** Set once the provider has sent anything of the response. */
  hasResponse: boolean
  readonly isComplete: boolean
  /** The provider has said that the response is complete, though something of it may still come. Whatever ends it is no error. */
  complete(): void
  /** Counts the call, with the error of its response if that has one, or else with this one. Further calls do nothing. */
  end(errorType?: string): void
  /** Forgets the call, which was none. */
  discard(): void
}
