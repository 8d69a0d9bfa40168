import { type Format, member } from './format.ts'

/**
 * The AI SDK's own protocol, which its `gateway` provider speaks to Vercel's AI Gateway: what a language model of the AI
 * SDK takes and gives, as JSON. Counts are objects with a `total`, and were numbers before version 6.
 */
export const vercelLanguageModel: Format = {
  name: 'Vercel AI Gateway (AI SDK)',
  operation: 'chat',
  paths: ['…/language-model'],
  modelHeader: 'ai-language-model-id',
  marks: ['ai-language-model-id'],
  members: ['usage', 'response', 'error'],
  notable: /"type"\s*:\s*"(?:finish|error)"/,
  namesModel: /"type"\s*:\s*"response-metadata"/,
  lastEvent: '[DONE]',
  inputTokens: ['input'],
  outputTokens: ['output'],

  read({ type, usage, response, modelId, error }, answer) {
    answer.setModel(modelId ?? member(response, 'modelId'))
    answer.setUsage({ input: total(member(usage, 'inputTokens')), output: total(member(usage, 'outputTokens')) })
    if (error || type === 'error') answer.setError(error)
    if (type === 'finish') answer.isFinished = true
  },
}

const total = (count: unknown) => member(count, 'total') ?? count

export const vercelEmbeddingModel: Format = {
  ...vercelLanguageModel,
  name: 'Vercel AI Gateway, embeddings',
  operation: 'embeddings',
  paths: ['…/embedding-model'],
  modelHeader: 'ai-model-id',
  marks: ['ai-model-id'],
  outputTokens: [],

  read({ usage, error }, answer) {
    answer.setUsage({ input: member(usage, 'tokens') })
    if (error) answer.setError(error)
  },
}

export const vercelImageModel: Format = {
  ...vercelLanguageModel,
  name: 'Vercel AI Gateway, images',
  operation: 'generate_content',
  paths: ['…/image-model'],
  modelHeader: 'ai-model-id',
  marks: ['ai-model-id'],
}

/** Answers questions about an input, like OpenAI's Decisions. */
export const vercelDecisionModel: Format = {
  ...vercelImageModel,
  name: 'Vercel AI Gateway, decisions',
  operation: 'chat',
  paths: ['…/decision-model'],
  members: ['usage', 'model', 'error'],

  read({ usage, model, error }, answer) {
    answer.setModel(model)
    answer.setUsage({ input: member(usage, 'inputTokens'), output: member(usage, 'outputTokens') })
    if (error) answer.setError(error)
  },
}

export const vercelRerankingModel: Format = {
  ...vercelImageModel,
  name: 'Vercel AI Gateway, reranking',
  operation: 'rerank',
  paths: ['…/reranking-model'],
}

/** Models of speech, transcription and video tell no tokens in a form that is documented. A video may be started and asked for later. */
export const vercelMediaModel: Format = {
  ...vercelImageModel,
  name: 'Vercel AI Gateway, speech, transcription and video',
  paths: ['…/speech-model', '…/transcription-model', '…/video-model', '…/video-model/start'],
  members: ['error'],

  read({ type, error, errorType }, answer) {
    if (error) answer.setError(error)
    else if (type === 'error') answer.setError({ type: errorType })
  },
}
