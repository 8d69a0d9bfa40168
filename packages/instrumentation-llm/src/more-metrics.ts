import type { CountedCall, TokenCounts } from './call-record.ts'

/** Further metrics of LLM calls, under other names. */
export interface MoreMetrics {
  /** Records a call with its outcome and duration. */
  countEnded(call: CountedCall): void
  /** Counts the tokens of one model in the course of a call. */
  countTokens(call: CountedCall, model: string, counts: TokenCounts): void
}
