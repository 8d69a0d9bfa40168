import type { Format } from './format.ts'
import { readOpenaiDetails } from './token-details.ts'

/**
 * Questions about an input, answered with probabilities, choices and scores: OpenAI's Decisions,
 * {@link https://platform.openai.com/docs/api-reference/decisions}, and OpenRouter's Decisions and System One.
 */
export const decisions: Format = {
  name: 'OpenAI Decisions, OpenRouter Decisions, OpenRouter System One',
  operation: 'chat',
  paths: ['…/decisions', '…/systemone'],
  isPathShared: true,
  requestMembers: [['questions']],
  rejectsOtherRequests: true,
  responseMembers: ['model', 'usage', 'error'],
  relevantMessage: /"usage"/,
  inputCounts: ['input_tokens'],
  outputCounts: ['output_tokens'],

  readDetails: readOpenaiDetails('input_tokens_details', 'output_tokens_details'),

  read({ model, usage, error }, response) {
    response.setModel(model)
    response.setUsage(usage)
    if (error) response.setError(error)
  },
}
