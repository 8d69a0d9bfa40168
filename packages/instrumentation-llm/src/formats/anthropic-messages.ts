import { type Format, isMessage } from './format.ts'

/**
 * Anthropic's Messages, {@link https://docs.anthropic.com/en/api/messages}. `input_tokens` leaves out what was read from
 * the cache or written to it. A stream's `message_delta` tells totals, of all counts or of the output's alone.
 */
export const anthropicMessages: Format = {
  name: 'Anthropic Messages',
  operation: 'chat',
  paths: ['…/v1/messages', '…/presets/{id}/messages'],
  marks: ['anthropic-version'],
  members: ['type', 'model', 'usage', 'error'],
  notable: /"(?:usage|error)"\s*:\s*[^\sn]|"message_stop"/,
  namesModel: /"message_start"/,
  inputTokens: ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'],
  outputTokens: ['output_tokens'],

  read({ type, message, model, usage, error }, answer) {
    // `message_start` has the message, without its content, inside.
    const begun = isMessage(message) ? message : { model, usage }
    answer.setModel(begun.model)
    answer.setUsage(begun.usage)
    if (error) answer.setError(error)
    if (type === 'message_stop') answer.isFinished = true
  },
}

/** Claude on Vertex AI. `count-tokens` is a model there, to look at. */
export const vertexAnthropic: Format = {
  ...anthropicMessages,
  name: 'Claude on Vertex AI',
  paths: ['…/publishers/anthropic/models/{model}:rawPredict', '…/publishers/anthropic/models/{model}:streamRawPredict'],
  models: /^(?!count-tokens$)/,
  marks: [],
}
