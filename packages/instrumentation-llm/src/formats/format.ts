import type { Answer } from '../answer.ts'

/** A JSON object of an answer. Anything may be in it. */
export type Message = Readonly<Record<string, unknown>>

export const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null

/** How one LLM API looks on the wire. Calls are POST requests. */
export interface Format {
  /** `gen_ai_operation_name`: one of the table's values. */
  readonly operation: string
  /**
   * The shape of the path, without the query; what stands before it is the affair of hosts and proxies. A group named
   * `model` is the model where the body names none.
   */
  readonly path: RegExp
  /** For a path that other APIs have too: a request without this header is a call only if its body names a model. */
  readonly header?: string
  /** The members of a whole JSON answer that `read` looks at. Nothing else of it is kept. */
  readonly members: readonly string[]
  /** What an event has to contain to be worth parsing, once the model is known: most are text and tell nothing else. */
  readonly notable: RegExp
  /** The data of the stream's last event, where it is not a message. */
  readonly lastEvent?: string
  /** The members of `usage` that make up the input, cached tokens included; they must not overlap. */
  readonly inputTokens: readonly string[]
  /** The members of `usage` that make up the output, reasoning included; they must not overlap. */
  readonly outputTokens: readonly string[]
  /** Takes from a whole answer, or from one event of a stream, what there is to know. Must not throw. */
  read(message: Message, answer: Answer): void
}
