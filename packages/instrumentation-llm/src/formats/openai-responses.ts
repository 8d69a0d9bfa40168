import { type Format, isMessage } from './format.ts'
import { SEPARATE_REASONING, withReasoning } from './hidden-tokens.ts'

/** A response has ended by these, also where it says no status. */
const LAST_EVENTS = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/**
 * OpenAI's Responses: {@link https://platform.openai.com/docs/api-reference/responses}. Compaction is a model's work too;
 * counting the tokens of an input is not. A response in the background reports its tokens where it is polled or its
 * stream is resumed.
 */
export const openaiResponses: Format = {
  name: 'OpenAI Responses',
  operation: 'chat',
  paths: ['…/responses', '…/responses/compact'],
  marks: ['x-stainless-lang'],
  asks: [['input', 'prompt', 'previous_response_id', 'conversation']],
  background: '…/responses/{id}',
  members: ['object', 'id', 'status', 'background', 'model', 'usage', 'error'],
  notable: /"type"\s*:\s*"(?:error|response\.(?:completed|incomplete|failed))"/,
  namesModel: /"type"\s*:\s*"response\.(?:created|in_progress)"/,
  inputTokens: ['input_tokens'],
  outputTokens: ['output_tokens', SEPARATE_REASONING],

  read(message, answer) {
    const { type, response } = message
    const { id, status, background, model, usage, error } = isMessage(response) ? response : message
    answer.setModel(model)
    answer.setUsage(withReasoning(usage, ['input_tokens', 'output_tokens']))
    // The event `error` is the error itself; its own type says nothing.
    if (type === 'error') answer.setError(isMessage(error) ? error : { code: message.code })
    else if (error) answer.setError(error)
    // Only a call in the background is queued, or is in progress when its response has come whole.
    const isWhole = type === undefined && !isMessage(usage)
    answer.setProgress(id, status, background === true || (background !== false && (status === 'queued' || isWhole)))
    if (LAST_EVENTS.has(String(type))) {
      answer.isFinished = true
      answer.isSettled = true
    }
  },

  isOwn: ({ type, object, sequence_number: number }) =>
    String(object).startsWith('response') ||
    String(type).startsWith('response.') ||
    type === 'error' ||
    typeof number === 'number',
}
