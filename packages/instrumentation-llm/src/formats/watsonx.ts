import { isJsonObject, member } from '../json-object.ts'
import type { LlmResponse } from '../llm-response.ts'
import type { Format } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/** IBM's watsonx.ai: {@link https://cloud.ibm.com/apidocs/watsonx-ai}. As on Azure, the path may name a deployment. */
const watsonx = { requestModel: 'model_id' } satisfies Partial<Format>

/** Made like OpenAI's chat. Its streams always report tokens. */
export const watsonxChat: Format = {
  ...openaiChat,
  ...watsonx,
  name: 'IBM watsonx.ai text chat',
  paths: [
    '…/ml/v1/deployments/{model}/text/chat',
    '…/ml/v1/deployments/{model}/text/chat_stream',
    '…/ml/v1/text/chat',
    '…/ml/v1/text/chat_stream',
  ],
  responseMembers: ['model_id', 'model', 'usage', 'errors'],
  relevantMessage: /"usage"\s*:\s*\{|"errors"/,
  modelMessage: /"model_id"/,

  read({ model_id, model = model_id, usage, errors }, response) {
    response.setModel(model)
    response.setUsage(usage)
    setFirstError(response, errors)
  },
}

/**
 * Text generation. In a stream, the first message with a count of the input has all of it, and later ones have zero; the
 * count of the output grows.
 */
export const watsonxGeneration: Format = {
  ...watsonx,
  name: 'IBM watsonx.ai text generation',
  operation: 'text_completion',
  paths: [
    '…/ml/v1/deployments/{model}/text/generation',
    '…/ml/v1/deployments/{model}/text/generation_stream',
    '…/ml/v1/text/generation',
    '…/ml/v1/text/generation_stream',
  ],
  responseMembers: ['model_id', 'results', 'errors'],
  relevantMessage: /"(?:input|generated)_token_count"|"errors"/,
  modelMessage: /"model_id"/,
  inputCounts: ['input_token_count'],
  outputCounts: ['generated_token_count'],

  hasContent: (message) => /"generated_text"\s*:\s*"[^"]/.test(message),

  read({ model_id, results, errors }, response) {
    response.setModel(model_id)
    const result = Array.isArray(results) ? results[0] : undefined
    const inputTokens = member(result, 'input_token_count')
    response.setUsage({
      input_token_count: inputTokens === 0 ? undefined : inputTokens,
      generated_token_count: member(result, 'generated_token_count'),
    })
    const stopReason = member(result, 'stop_reason')
    if (typeof stopReason === 'string' && !/^not_finished$/i.test(stopReason)) response.isFinished = true
    setFirstError(response, errors)
  },
}

const inputOnly = {
  ...watsonxGeneration,
  responseMembers: ['model_id', 'input_token_count', 'errors'],
  outputCounts: [],

  read(message, response) {
    response.setModel(message.model_id)
    response.setUsage(message)
    setFirstError(response, message.errors)
  },
} satisfies Format

/** It has to come before OpenAI's embeddings, whose path is the end of this one. */
export const watsonxEmbeddings: Format = {
  ...inputOnly,
  name: 'IBM watsonx.ai text embeddings',
  operation: 'embeddings',
  paths: ['…/ml/v1/text/embeddings'],
}

/** It has to come before `rerank`. */
export const watsonxRerank: Format = {
  ...inputOnly,
  name: 'IBM watsonx.ai text rerank',
  operation: 'rerank',
  paths: ['…/ml/v1/text/rerank'],
}

function setFirstError(response: LlmResponse, errors: unknown): void {
  if (Array.isArray(errors) && isJsonObject(errors[0])) response.setError(errors[0])
}
