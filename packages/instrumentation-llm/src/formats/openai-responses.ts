import { type Format, isMessage } from './format.ts'
import { SEPARATE_REASONING, withReasoning } from './reasoning.ts'

const LAST_EVENTS = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/**
 * OpenAI's Responses: {@link https://platform.openai.com/docs/api-reference/responses}. Compaction is a model's work too;
 * counting the tokens of an input is not. An answer in the background has no usage yet: it is `missing`.
 */
export const openaiResponses: Format = {
  name: 'OpenAI Responses',
  operation: 'chat',
  paths: ['…/responses', '…/responses/compact'],
  marks: ['x-stainless-lang'],
  members: ['model', 'usage', 'error'],
  notable: /"type"\s*:\s*"(?:error|response\.(?:completed|incomplete|failed))"/,
  namesModel: /"type"\s*:\s*"response\.(?:created|in_progress)"/,
  inputTokens: ['input_tokens'],
  outputTokens: ['output_tokens', SEPARATE_REASONING],

  read(message, answer) {
    const { type, response } = message
    const { model, usage, error } = isMessage(response) ? response : message
    answer.setModel(model)
    answer.setUsage(withReasoning(usage, ['input_tokens', 'output_tokens']))
    // The event `error` is the error itself; its own type says nothing.
    if (type === 'error') answer.setError(isMessage(error) ? error : { code: message.code })
    else if (error) answer.setError(error)
    if (LAST_EVENTS.has(String(type))) answer.isFinished = true
  },
}
