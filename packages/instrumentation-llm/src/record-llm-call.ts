import diagnostics_channel from 'node:diagnostics_channel'

/**
 * The channel that connects `recordLlmCall` to the instrumentation. They may come from different copies of this package:
 * the app may have bundled its own, and the preload is a bundle in any case.
 */
export const LLM_CALL_CHANNEL = 'agentgateway-otel:llm.call'

/** A call that has ended. */
export interface LlmCall {
  /** `gen_ai_operation_name`. Default: `chat`. */
  readonly operation?: 'chat' | 'text_completion' | 'embeddings' | 'rerank' | 'generate_content'
  /** `gen_ai_system`, with the same values as for calls seen on the wire: `openai`, `anthropic`, `gcp.gemini`, … */
  readonly system: string
  /** The model that was requested. Default: `unknown`. */
  readonly requestModel?: string
  /** The model that responded. Default: `unknown`. */
  readonly responseModel?: string
  /** The input tokens, including those read from a cache or written to it. */
  readonly inputTokens?: number
  /** The output tokens, including reasoning. */
  readonly outputTokens?: number
  /** The time from the request to the end of the response, in seconds. */
  readonly durationSeconds: number
  /** Set if the call failed: a status, `aborted`, `timeout` or the error's code, but never a message. */
  readonly errorType?: string
}

const channel = diagnostics_channel.channel(LLM_CALL_CHANNEL)

/**
 * Counts a call that cannot be seen on the wire: one over a WebSocket or gRPC, in another process, or to a model in this
 * process. Do not use it for calls over HTTP, nor for what an agent in a child process reports that the README names: they are
 * counted anyway, and would count twice.
 *
 * It never throws, and does nothing if no instrumentation is enabled. A call with a value of the wrong type is not counted;
 * the first one is reported, by `agentgateway-otel/register` on stderr and otherwise by OpenTelemetry's `diag`.
 */
export function recordLlmCall(call: LlmCall): void {
  if (channel.hasSubscribers) channel.publish(call)
}
