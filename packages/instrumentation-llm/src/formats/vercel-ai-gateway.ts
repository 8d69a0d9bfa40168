import { isJsonObject, member } from '../json-object.ts'
import type { Format } from './format.ts'

/**
 * The protocol between the AI SDK's `gateway` provider and Vercel's AI Gateway: what a language model of the AI SDK gets and
 * returns, as JSON. Counts are objects with a `total`; before version 6 they were numbers.
 */
export const vercelLanguageModel: Format = {
  name: 'Vercel AI Gateway (AI SDK)',
  operation: 'chat',
  paths: ['…/language-model'],
  modelHeader: 'ai-language-model-id',
  isPathShared: true,
  clientHeaders: ['ai-language-model-id'],
  responseMembers: ['usage', 'response', 'error'],
  relevantMessage: /"type"\s*:\s*"(?:finish|error)"/,
  modelMessage: /"type"\s*:\s*"response-metadata"/,
  lastEvent: '[DONE]',
  inputCounts: ['inputTokens'],
  outputCounts: ['outputTokens'],

  hasContent: (message) => /"type"\s*:\s*"(?:(?:text|reasoning|tool-input)-delta|tool-call|file)"/.test(message),

  readDetails: ({ input, output, cachedInputTokens, reasoningTokens }) => ({
    input_cache_read: member(input, 'cacheRead') ?? cachedInputTokens,
    input_cache_write: member(input, 'cacheWrite'),
    output_reasoning: member(output, 'reasoning') ?? reasoningTokens,
  }),

  read({ type, usage, response: metadata, modelId, error }, response) {
    response.setModel(modelId ?? member(metadata, 'modelId'))
    const [input, output] = [member(usage, 'inputTokens'), member(usage, 'outputTokens')]
    response.setUsage({
      ...(isJsonObject(usage) ? usage : {}),
      inputTokens: member(input, 'total') ?? input,
      outputTokens: member(output, 'total') ?? output,
      input,
      output,
    })
    if (error || type === 'error') response.setError(error)
    if (type === 'finish') response.isFinished = true
  },
}

export const vercelEmbeddingModel: Format = {
  ...vercelLanguageModel,
  name: 'Vercel AI Gateway, embeddings',
  operation: 'embeddings',
  paths: ['…/embedding-model'],
  modelHeader: 'ai-model-id',
  clientHeaders: ['ai-model-id'],
  inputCounts: ['tokens'],
  outputCounts: [],

  read({ usage, error }, response) {
    response.setUsage(usage)
    if (error) response.setError(error)
  },
}

export const vercelImageModel: Format = {
  ...vercelLanguageModel,
  name: 'Vercel AI Gateway, images',
  operation: 'generate_content',
  paths: ['…/image-model'],
  modelHeader: 'ai-model-id',
  clientHeaders: ['ai-model-id'],
}

/** Questions about an input, as in OpenAI's Decisions. */
export const vercelDecisionModel: Format = {
  ...vercelImageModel,
  name: 'Vercel AI Gateway, decisions',
  operation: 'chat',
  paths: ['…/decision-model'],
  responseMembers: ['usage', 'model', 'error'],

  read({ usage, model, error }, response) {
    response.setModel(model)
    response.setUsage(usage)
    if (error) response.setError(error)
  },
}

export const vercelRerankingModel: Format = {
  ...vercelImageModel,
  name: 'Vercel AI Gateway, reranking',
  operation: 'rerank',
  paths: ['…/reranking-model'],
}

/**
 * Models of speech, transcription and video report no tokens in a documented form. A video may be started by one request and
 * fetched by another.
 */
export const vercelMediaModel: Format = {
  ...vercelImageModel,
  name: 'Vercel AI Gateway, speech, transcription and video',
  paths: ['…/speech-model', '…/transcription-model', '…/video-model', '…/video-model/start'],
  responseMembers: ['error'],
  inputCounts: [],
  outputCounts: [],

  read({ type, error, errorType }, response) {
    if (error) response.setError(error)
    else if (type === 'error') response.setError({ type: errorType })
  },
}
