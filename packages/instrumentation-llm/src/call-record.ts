import type { SpanContext } from '@opentelemetry/api'

/** The tokens of one model, as far as they are known. */
export interface TokenCounts {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
}

/** What is known of a call, or of one attempt of it, when it has ended. */
export interface CallRecord extends TokenCounts {
  readonly operation: string
  readonly system: string
  readonly requestModel: string | undefined
  readonly responseModel: string | undefined
  /** Empty on success. */
  readonly errorType: string
  /** Whether the response reported its tokens; `none` without a response. */
  readonly usage: 'reported' | 'missing' | 'none'
  readonly durationSeconds: number
  /** The sampled span of the app's own OpenTelemetry SDK that stands for the call, or that contains it. */
  readonly span?: SpanContext | undefined
  /** The tokens that other models used in the course of the call, by the model's name. */
  readonly otherModels?: ReadonlyMap<string, TokenCounts> | undefined
  /** Set if the call continues in the background: its key, and when the exchange that began it ended. */
  readonly background?: { readonly key: string; readonly endMs: number } | undefined
}
