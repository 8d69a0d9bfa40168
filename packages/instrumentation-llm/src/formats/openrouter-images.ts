import { isJsonObject } from '../json-object.ts'
import type { Format } from './format.ts'
import { readOpenaiDetails } from './token-details.ts'

/** OpenRouter's images: {@link https://openrouter.ai/docs/api-reference}. The counts have the same names as in its chat. */
export const openrouterImages: Format = {
  name: 'OpenRouter Images',
  operation: 'generate_content',
  paths: ['…/images'],
  isPathShared: true,
  requestMembers: [['prompt']],
  rejectsOtherRequests: true,
  responseMembers: ['usage', 'error'],
  relevantMessage: /"type"\s*:\s*"(?:image_generation\.completed|error)"/,
  lastEvent: '[DONE]',
  inputCounts: ['prompt_tokens'],
  outputCounts: ['completion_tokens'],

  hasContent: (message) => /"type"\s*:\s*"image_generation\.(?:partial_image|completed)"/.test(message),

  readDetails: readOpenaiDetails('prompt_tokens_details', 'completion_tokens_details'),

  read({ type, usage, error }, response) {
    response.setUsage(usage)
    if (error) response.setError(error)
    if (type === 'image_generation.completed' && isJsonObject(usage)) response.isFinished = true
  },
}
