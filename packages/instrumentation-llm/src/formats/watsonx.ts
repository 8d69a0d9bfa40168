import { type Format, isMessage, member } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/** IBM's watsonx.ai: {@link https://cloud.ibm.com/apidocs/watsonx-ai}. A deployment is named as Azure's: by the path. */
const watsonx = { requestModel: 'model_id' } satisfies Partial<Format>

/** Made like OpenAI's chat, and tells the tokens of a stream without being asked. */
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
  members: ['model_id', 'model', 'usage', 'errors'],
  notable: /"usage"\s*:\s*\{|"errors"/,
  namesModel: /"model_id"/,

  read({ model_id, model = model_id, usage, errors }, answer) {
    answer.setModel(model)
    answer.setUsage(usage)
    readErrors(errors, answer)
  },
}

/**
 * Text generation. In a stream, the first message that has a count of the input has all of it, and later ones have zero;
 * the count of the output grows.
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
  members: ['model_id', 'results', 'errors'],
  notable: /"(?:input|generated)_token_count"|"errors"/,
  namesModel: /"model_id"/,
  inputTokens: ['input_token_count'],
  outputTokens: ['generated_token_count'],

  read({ model_id, results, errors }, answer) {
    answer.setModel(model_id)
    const result = Array.isArray(results) ? results[0] : undefined
    answer.setUsage({
      input_token_count: member(result, 'input_token_count') === 0 ? undefined : member(result, 'input_token_count'),
      generated_token_count: member(result, 'generated_token_count'),
    })
    const reason = member(result, 'stop_reason')
    if (typeof reason === 'string' && !/^not_finished$/i.test(reason)) answer.isFinished = true
    readErrors(errors, answer)
  },
}

const inputOnly = {
  ...watsonxGeneration,
  members: ['model_id', 'input_token_count', 'errors'],
  outputTokens: [],

  read(message, answer) {
    answer.setModel(message.model_id)
    answer.setUsage(message)
    readErrors(message.errors, answer)
  },
} satisfies Format

/** Has to stand before OpenAI's embeddings, whose path it has at its end. */
export const watsonxEmbeddings: Format = {
  ...inputOnly,
  name: 'IBM watsonx.ai text embeddings',
  operation: 'embeddings',
  paths: ['…/ml/v1/text/embeddings'],
}

/** Has to stand before `rerank`. */
export const watsonxRerank: Format = {
  ...inputOnly,
  name: 'IBM watsonx.ai text rerank',
  operation: 'rerank',
  paths: ['…/ml/v1/text/rerank'],
}

function readErrors(errors: unknown, answer: Parameters<Format['read']>[1]): void {
  if (Array.isArray(errors) && isMessage(errors[0])) answer.setError(errors[0])
}
