import type { CallRecord, TokenCounts } from './call-record.ts'

/** Further metrics of LLM calls, under other names. */
export interface MoreMetrics {
  /** Records a call with its outcome and duration. */
  countEnded(call: CallRecord): void
  /** Counts the tokens of one model in the course of a call. */
  countTokens(call: CallRecord, model: string, counts: TokenCounts): void
}
