import type { ResponseHead } from '@agentgateway-otel/wire'
import type { Answer } from '../llm-response.ts'

/** A JSON object of an answer. Anything may be in it. */
export type Message = Readonly<Record<string, unknown>>

export const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null

/** A member of what may be no object. */
export const member = (value: unknown, name: string): unknown => (isMessage(value) ? value[name] : undefined)

/** How one LLM API looks on the wire. Calls are POST requests. */
export interface Format {
  /** As the documentation calls it. */
  readonly name: string
  /** `gen_ai_operation_name`: one of the table's values. */
  readonly operation: string
  /**
   * How paths end, without the query, after an ellipsis: what stands before is the affair of hosts and proxies. `{model}`
   * is the model, whatever the body says; at a path's end it may have slashes in it. `{id}` is one segment that names
   * something else. The first that fits counts.
   */
  readonly paths: readonly `…${string}`[]
  /** Of the models that paths name, those that this format is for. */
  readonly models?: RegExp
  /**
   * Headers of the API's clients. A format has `marks`, if only an empty list, where other products have such paths too. A
   * request to such a path is a call if its host is a known provider's, if it has one of these headers, if the response
   * reports tokens, or if its body names a model and satisfies `asks`, unless the response then contradicts by `isOwn`.
   */
  readonly marks?: readonly string[]
  /** Groups of members of a request: beside the model, it has at least one of each. Default: none. */
  readonly asks?: readonly (readonly string[])[]
  /** A request that does not satisfy `asks` is no call, even to a known provider. */
  readonly isStrict?: boolean
  /** The member of the request that names the model; `model` by default. */
  readonly requestModel?: string
  /** The request's header that names the model, where the body does not. */
  readonly modelHeader?: string
  /** The path, after an ellipsis, under which a call in the background is polled and resumed; with `/cancel`, cancelled. */
  readonly background?: `…${string}/{id}`
  /** The members of a whole JSON answer that `read` and `isOwn` look at. Nothing else of it is kept. */
  readonly members: readonly string[]
  /** What a message of a stream has to contain to be worth parsing: most are text and tell nothing else. */
  readonly notable: RegExp
  /** What a message contains that names the model, where messages do; of those, one is parsed. */
  readonly namesModel?: RegExp
  /** The data of the stream's last event, where it is not a message. */
  readonly lastEvent?: string
  /** The counts that make up the input, cached tokens included; they must not overlap. */
  readonly inputTokens: readonly string[]
  /** The counts that make up the output, reasoning included; they must not overlap. */
  readonly outputTokens: readonly string[]
  /**
   * A count that stands many times and deep in a whole answer, to be added up: its name, and a pattern as `createCountSum`
   * has it. Only for answers without free text, which might have the pattern in it.
   */
  readonly sum?: { readonly name: string; readonly pattern: RegExp }
  /**
   * Whether a whole response, or the first message of a stream, is one of this API. Only for formats with `marks` whose
   * responses have a small member that is always there. Must not throw.
   */
  isOwn?(message: Message): boolean
  /** Takes what the head of an answer tells. Must not throw. */
  readHead?(head: ResponseHead, answer: Answer): void
  /** Takes from a whole answer, or from one message of a stream, what there is to know. Must not throw. */
  read(message: Message, answer: Answer): void
}
