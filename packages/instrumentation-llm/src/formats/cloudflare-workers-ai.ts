import { isJsonObject } from '../json-object.ts'
import type { Format } from './format.ts'
import { hasOpenaiContent } from './openai-chat.ts'
import { readOpenaiDetails } from './token-details.ts'

/**
 * Models of Cloudflare's Workers AI, through its REST API and its AI Gateway:
 * {@link https://developers.cloudflare.com/workers-ai/get-started/rest-api/}. A whole response has what the model returns in
 * `result`; the messages of a stream do not. Cloudflare's OpenAI-compatible endpoints have the formats of OpenAI.
 */
export const cloudflareWorkersAi: Format = {
  name: 'Cloudflare Workers AI',
  operation: 'generate_content',
  paths: ['…/accounts/{id}/ai/run/{model}', '…/workers-ai/run/{model}', '…/workers-ai/{model}'],
  models: /^@(?:cf|hf)\//,
  responseMembers: ['result', 'errors'],
  relevantMessage: /"usage"\s*:\s*\{|"errors?"/,
  lastEvent: '[DONE]',
  inputCounts: ['prompt_tokens'],
  outputCounts: ['completion_tokens'],

  hasContent: (message) =>
    /"response"\s*:\s*"[^"]|"tool_calls"\s*:\s*\[\s*\{/.test(message) || hasOpenaiContent(message),

  readDetails: readOpenaiDetails('prompt_tokens_details', 'completion_tokens_details'),

  read(message, response) {
    const { usage, error, errors } = isJsonObject(message.result) ? message.result : message
    response.setUsage(usage)
    const firstError = error ?? (Array.isArray(errors) ? errors[0] : undefined)
    if (firstError) response.setError(firstError)
  },
}

/** Models that only embed, by their names. They report no tokens. It has to come before `cloudflareWorkersAi`. */
export const cloudflareEmbeddings: Format = {
  ...cloudflareWorkersAi,
  name: 'Cloudflare Workers AI, embedding models',
  operation: 'embeddings',
  models: /^@(?:cf|hf)\/.*(?:embed|\/bge-(?!reranker))/,
  outputCounts: [],
}
