import { type Format, isMessage } from './format.ts'

/**
 * Models of Cloudflare's Workers AI, by its REST API and through its AI Gateway:
 * {@link https://developers.cloudflare.com/workers-ai/get-started/rest-api/}. What the model gives is wrapped in `result`,
 * but not in a stream. Its endpoints that are compatible with OpenAI's are these.
 */
export const cloudflareWorkersAi: Format = {
  name: 'Cloudflare Workers AI',
  operation: 'generate_content',
  paths: ['…/accounts/{id}/ai/run/{model}', '…/workers-ai/run/{model}', '…/workers-ai/{model}'],
  models: /^@(?:cf|hf)\//,
  members: ['result', 'errors'],
  notable: /"usage"\s*:\s*\{|"errors?"/,
  lastEvent: '[DONE]',
  inputTokens: ['prompt_tokens'],
  outputTokens: ['completion_tokens'],

  read(message, answer) {
    const { usage, error, errors } = isMessage(message.result) ? message.result : message
    answer.setUsage(usage)
    const failure = error ?? (Array.isArray(errors) ? errors[0] : undefined)
    if (failure) answer.setError(failure)
  },
}

/** Of the models that only embed, by their names. They tell no tokens. Has to stand before `cloudflareWorkersAi`. */
export const cloudflareEmbeddings: Format = {
  ...cloudflareWorkersAi,
  name: 'Cloudflare Workers AI, embedding models',
  operation: 'embeddings',
  models: /^@(?:cf|hf)\/.*(?:embed|\/bge-(?!reranker))/,
  outputTokens: [],
}
