import diagnostics_channel from 'node:diagnostics_channel'
import { CALL_CHANNEL } from './call-channel.ts'

/** A call that has ended. */
export interface LlmCall {
  /** `gen_ai_operation_name`. Default: `chat`. */
  readonly operation?: 'chat' | 'text_completion' | 'embeddings' | 'rerank' | 'generate_content'
  /** `gen_ai_system`: `openai`, `anthropic`, `gcp.gemini`, …, as the calls on the wire have it. */
  readonly system: string
  /** The model that was asked for. Default: `unknown`. */
  readonly requestModel?: string
  /** The model that answered. Default: `unknown`. */
  readonly responseModel?: string
  /** What came from a cache or went into it included. */
  readonly inputTokens?: number
  /** Reasoning included. */
  readonly outputTokens?: number
  /** From the request to the end of the answer. */
  readonly durationSeconds: number
  /** Of a call that failed: a status, `aborted`, `timeout` or the error's code; never a message. Default: it succeeded. */
  readonly errorType?: string
}

const channel = diagnostics_channel.channel(CALL_CHANNEL)

/**
 * Counts a call that the wire does not show: one over a WebSocket or gRPC, in another process, or to a model in this one.
 * Calls over HTTP are counted without, and would be counted twice.
 *
 * Never throws, and does nothing where nothing counts calls. A call with a value of the wrong kind is not counted; the
 * first one is told of, on stderr by `agentgateway-otel/register`, else by OpenTelemetry's `diag`.
 */
export function recordLlmCall(call: LlmCall): void {
  if (channel.hasSubscribers) channel.publish(call)
}
