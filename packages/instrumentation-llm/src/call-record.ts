import type { BoundOf } from '@agentgateway-otel/metrics'
import type { SpanContext } from '@opentelemetry/api'

/** A part of the input or of the output, as `gen_ai_token_type` of the metric of details names it. */
export type TokenDetail = BoundOf<'llmTokenDetail', 'gen_ai_token_type'>['values'][number]

/** The tokens of one model, as far as they are known. */
export interface TokenCounts {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  /** The parts of the two that are known, if they were asked for. */
  readonly details?: ReadonlyMap<TokenDetail, number> | undefined
}

/** What is counted of a call when it has ended. */
export interface CountedCall extends TokenCounts {
  readonly operation: string
  readonly system: string
  readonly requestModel: string | undefined
  readonly responseModel: string | undefined
  /** Empty on success. */
  readonly errorType: string
  /** Whether the response reported its tokens; `none` without a response. */
  readonly usage: 'reported' | 'missing' | 'none'
  /** Undefined if it is not known, as with an agent's calls. */
  readonly durationSeconds: number | undefined
  /** The time to the first message of a stream, if it was asked for. */
  readonly firstChunkSeconds?: number | undefined
  /** The time to the first content of a stream, if it was asked for and there was any. */
  readonly firstTokenSeconds?: number | undefined
  /** The sampled span of the app's own OpenTelemetry SDK that stands for the call, or that contains it. */
  readonly span?: SpanContext | undefined
  /** The tokens that other models used in the course of the call, by the model's name. */
  readonly otherModels?: ReadonlyMap<string, TokenCounts> | undefined
  /** Whether the tokens are those of any number of calls. */
  readonly isSum?: boolean
}

/** What is known of a call, or of one attempt of it, when it has ended. */
export interface CallRecord extends CountedCall {
  readonly durationSeconds: number
  /** Set if the call continues in the background: its key, and when the exchange that began it ended. */
  readonly background?: { readonly key: string; readonly endMs: number } | undefined
}
