import type { CountedCall, TokenCounts } from '../call-record.ts'
import type { ThreadTotals } from './thread-totals.ts'

/** How one agent, a program that calls models by itself, says on its stdout what it has used. */
export interface Agent {
  /** What its makers call it. */
  readonly name: string
  /** Returns whether the words of a command may start it so that it writes such lines. */
  isStartedBy(words: readonly string[]): boolean
  /** Begins to read the lines of one child. */
  createReader(context: AgentContext): AgentReader
}

/** Reads the lines that a child writes. */
export interface AgentReader {
  /**
   * Reads a line, which may be of any form.
   *
   * @returns false once the lines have turned out not to be the agent's
   */
  line(text: string): boolean
  /** The child writes no more, whether or not it has said what it has used last. */
  end?(): void
}

/** What a reader knows of its child, and what it does with what it finds. */
export interface AgentContext {
  /** The words of the command that started the child. */
  readonly words: readonly string[]
  /** The totals that agents have reported of threads, which a child may continue. */
  readonly threads: ThreadTotals
  /** Returns `gen_ai_system` for a host. */
  systemOf(host: string): string
  countCall(call: AgentCall): void
  /** Counts the tokens of any number of calls. */
  countTokens(tokens: AgentTokens): void
}

type Models = Pick<CountedCall, 'system' | 'requestModel' | 'responseModel'>

/** A call that an agent has made. The time that it took is not known. */
export type AgentCall = Models & Pick<CountedCall, 'errorType' | 'usage'>

/** What one model used in any number of calls. */
export type AgentTokens = Models & TokenCounts
