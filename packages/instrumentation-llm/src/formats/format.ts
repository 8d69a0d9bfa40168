import type { ResponseHead } from '@agentgateway-otel/wire'
import type { JsonObject } from '../json-object.ts'
import type { LlmResponse } from '../llm-response.ts'
import type { TokenDetails } from './token-details.ts'

/** How one LLM API looks on the wire. A call is a POST request. */
export interface Format {
  /** What the API's documentation calls it. The README's table of formats shows it. */
  readonly name: string
  /** `gen_ai_operation_name`: one of the values in the table of metrics. */
  readonly operation: string
  /**
   * How the request's path ends, without the query. `…` stands for what comes before, since hosts and proxies add prefixes.
   * `{model}` is the model's name, which then counts whatever the body says; at the end of a path it may contain slashes.
   * `{id}` is one segment that names something else.
   */
  readonly paths: readonly `…${string}`[]
  /** Matches the names of the models in `paths` that this format is for. Default: all. */
  readonly models?: RegExp
  /**
   * Whether other products have such paths too. A request to a path that does not name the model is then a call only if
   * its host is a known provider's, if it has one of the `clientHeaders`, if the response reports tokens, or if its body
   * names a model and has the `requestMembers` and the response does not fail `matches`.
   */
  readonly isPathShared?: boolean
  /** Headers that only this API's clients send. */
  readonly clientHeaders?: readonly string[]
  /** Groups of members: besides the model, a request's body has at least one member of each group. Default: none. */
  readonly requestMembers?: readonly (readonly string[])[]
  /** Whether a request without the `requestMembers` is never a call, not even to a known provider. */
  readonly rejectsOtherRequests?: boolean
  /**
   * The member of a JSON request that names the model. A dot leads into an object: `servingMode.modelId`. Default: `model`,
   * which is also the field's name in a multipart form.
   */
  readonly requestModel?: string
  /** The request header that names the model, if the body does not. */
  readonly modelHeader?: string
  /** The path at which a call in the background is polled and resumed and, with `/cancel` after it, cancelled. */
  readonly backgroundPath?: `…${string}/{id}`
  /** The members of a whole JSON response that `read` and `matches` look at. Nothing else of it is kept. */
  readonly responseMembers: readonly string[]
  /**
   * How long one of the `responseMembers` may be, in bytes. A longer one is left out. Default: 64 KiB. Only for APIs whose
   * usage is in one member with text.
   */
  readonly maxMemberBytes?: number
  /** Matches the messages of a stream that are worth parsing. Most contain only text. */
  readonly relevantMessage: RegExp
  /** Matches the messages of a stream that name the model, if any do. They are parsed until the model is known. */
  readonly modelMessage?: RegExp
  /** The data of a stream's last event, if that is not a message. */
  readonly lastEvent?: string
  /** The counts that add up to the input, cached tokens included. They must not overlap. */
  readonly inputCounts: readonly string[]
  /** The counts that add up to the output, reasoning included. They must not overlap. */
  readonly outputCounts: readonly string[]
  /**
   * A count that a whole response has in many places, to be added up: its name, and a pattern for `createCountSum`. Only
   * for responses without free text, which could contain a match as well.
   */
  readonly repeatedCount?: { readonly name: string; readonly pattern: RegExp }
  /**
   * Returns whether a message of a stream has content: text, reasoning, a call of a tool, a picture, sound. Only for APIs that
   * have streams with content. Must not throw.
   */
  hasContent?(message: string): boolean
  /** Reads the parts of the input and of the output from a usage, as `LlmResponse.setUsage` gets it. Must not throw. */
  readDetails?(usage: JsonObject): TokenDetails
  /**
   * Returns whether a whole response, or the first message of a stream, looks like one of this API. Only for shared paths
   * and for responses with a small member that is always there. Must not throw.
   */
  matches?(message: JsonObject): boolean
  /** Reads what a response's head shows. Must not throw. */
  readHead?(head: ResponseHead, response: LlmResponse): void
  /** Reads model, usage and error from a whole response, or from one message of a stream. Must not throw. */
  read(message: JsonObject, response: LlmResponse): void
}
