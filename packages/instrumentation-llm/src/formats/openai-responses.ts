import { isJsonObject } from '../json-object.ts'
import type { Format } from './format.ts'
import { SEPARATE_REASONING, withReasoning } from './hidden-tokens.ts'
import { readOpenaiDetails } from './token-details.ts'

/** The events after which a response has ended, even if it has no status. */
const LAST_EVENTS = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/**
 * OpenAI's Responses: {@link https://platform.openai.com/docs/api-reference/responses}. Compaction uses a model as well;
 * counting the tokens of an input does not. A response in the background reports its tokens when it is polled, or when its
 * stream is resumed.
 */
export const openaiResponses: Format = {
  name: 'OpenAI Responses',
  operation: 'chat',
  paths: ['…/responses', '…/responses/compact'],
  isPathShared: true,
  clientHeaders: ['x-stainless-lang'],
  requestMembers: [['input', 'prompt', 'previous_response_id', 'conversation']],
  backgroundPath: '…/responses/{id}',
  responseMembers: ['object', 'id', 'status', 'background', 'model', 'usage', 'error'],
  relevantMessage: /"type"\s*:\s*"(?:error|response\.(?:completed|incomplete|failed))"/,
  modelMessage: /"type"\s*:\s*"response\.(?:created|in_progress)"/,
  inputCounts: ['input_tokens'],
  outputCounts: ['output_tokens', SEPARATE_REASONING],

  hasContent: (message) => /"type"\s*:\s*"response\.[\w.]*(?:delta|partial_image)"/.test(message),

  readDetails: readOpenaiDetails('input_tokens_details', 'output_tokens_details'),

  read(message, response) {
    const { type, response: eventResponse } = message
    const { id, status, background, model, usage, error } = isJsonObject(eventResponse) ? eventResponse : message
    response.setModel(model)
    response.setUsage(withReasoning(usage, ['input_tokens', 'output_tokens']))
    // The event `error` has the error's members itself, with `error` as its type.
    if (type === 'error') response.setError(isJsonObject(error) ? error : { code: message.code })
    else if (error) response.setError(error)
    // Without `background`, the status shows it: only a call in the background is queued, or is still in progress when its
    // response has come whole.
    const isUnfinishedWhole = type === undefined && !isJsonObject(usage)
    const isBackground = background === true || (background !== false && (status === 'queued' || isUnfinishedWhole))
    response.setProgress(id, status, isBackground)
    if (LAST_EVENTS.has(String(type))) {
      response.isFinished = true
      response.hasCallEnded = true
    }
  },

  matches: ({ type, object, sequence_number: sequenceNumber }) =>
    String(object).startsWith('response') ||
    String(type).startsWith('response.') ||
    type === 'error' ||
    typeof sequenceNumber === 'number',
}
