import { member } from '../json-object.ts'
import type { Format } from './format.ts'

/**
 * Rerank, as Cohere has it ({@link https://docs.cohere.com/reference/rerank}) and after it Voyage, Jina, Together,
 * OpenRouter, vLLM and others. Most report a total of tokens, all of which are input. Cohere reports search units and no
 * tokens.
 */
export const rerank: Format = {
  name: 'Rerank (Cohere, Voyage, Jina and others)',
  operation: 'rerank',
  paths: ['…/rerank'],
  isPathShared: true,
  requestMembers: [['query'], ['documents']],
  rejectsOtherRequests: true,
  responseMembers: ['model', 'usage', 'error'],
  relevantMessage: /"usage"/,
  inputCounts: ['prompt_tokens'],
  outputCounts: [],

  read({ model, usage, error }, response) {
    response.setModel(model)
    response.setUsage({ prompt_tokens: member(usage, 'prompt_tokens') ?? member(usage, 'total_tokens') })
    if (error) response.setError(error)
  },
}
