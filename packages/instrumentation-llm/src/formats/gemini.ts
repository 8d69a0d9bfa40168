import { isJsonObject, type JsonObject } from '../json-object.ts'
import type { Format } from './format.ts'
import { countOfModality } from './token-details.ts'

/**
 * Gemini's generateContent, at Google AI and on Vertex AI:
 * {@link https://ai.google.dev/api/generate-content}. A stream is an event stream or, without `alt=sse`, a JSON array, and
 * every message reports the usage so far. The prompt's count includes the cache, but not what tools returned to the model;
 * the candidates' count does not include thoughts.
 */
export const geminiGenerate: Format = {
  name: 'Gemini and Vertex AI generateContent',
  operation: 'generate_content',
  paths: [
    '…/models/{model}:generateContent',
    '…/models/{model}:streamGenerateContent',
    '…/tunedModels/{model}:generateContent',
    '…/tunedModels/{model}:streamGenerateContent',
    '…/endpoints/{model}:generateContent',
    '…/endpoints/{model}:streamGenerateContent',
    '…/v1internal:generateContent',
    '…/v1internal:streamGenerateContent',
  ],
  responseMembers: ['modelVersion', 'usageMetadata', 'error', 'response'],
  relevantMessage: /"(?:usageMetadata|error)"/,
  modelMessage: /"modelVersion"/,
  inputCounts: ['promptTokenCount', 'toolUsePromptTokenCount'],
  outputCounts: ['candidatesTokenCount', 'thoughtsTokenCount'],

  hasContent: (message) =>
    /"text"\s*:\s*"[^"]|"(?:functionCall|inlineData|fileData|executableCode|codeExecutionResult)"\s*:\s*\{/.test(
      message,
    ),

  readDetails: (usage) => ({
    input_cache_read: usage.cachedContentTokenCount,
    input_audio: countOfModality(usage.promptTokensDetails, 'audio', 'tokenCount'),
    output_reasoning: usage.thoughtsTokenCount,
    output_audio: countOfModality(usage.candidatesTokensDetails, 'audio', 'tokenCount'),
  }),

  read(message, response) {
    const { modelVersion, usageMetadata, error } = unwrap(message)
    response.setModel(modelVersion)
    response.setUsage(usageMetadata)
    if (error) response.setError(error)
  },
}

/** Google's Cloud Code wraps Gemini's response in another object. */
const unwrap = (message: JsonObject) => (isJsonObject(message.response) ? message.response : message)

/** Gemini's embedContent and batchEmbedContents, at Google AI and on Vertex AI. */
export const geminiEmbed: Format = {
  ...geminiGenerate,
  name: 'Gemini and Vertex AI embedContent, batchEmbedContents',
  operation: 'embeddings',
  paths: ['…/models/{model}:embedContent', '…/models/{model}:batchEmbedContents'],
  outputCounts: [],
}
