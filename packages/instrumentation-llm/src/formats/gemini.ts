import { type Format, isMessage, type Message } from './format.ts'

/**
 * Gemini's generateContent, at Google AI and on Vertex AI:
 * {@link https://ai.google.dev/api/generate-content}. A stream is an event stream or, without `alt=sse`, a JSON array;
 * every message tells the usage so far. The candidates' tokens leave thoughts out; what tools gave back to the model comes
 * on top of the prompt, which includes what was cached.
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
  members: ['modelVersion', 'usageMetadata', 'error', 'response'],
  notable: /"(?:usageMetadata|error)"/,
  namesModel: /"modelVersion"/,
  inputTokens: ['promptTokenCount', 'toolUsePromptTokenCount'],
  outputTokens: ['candidatesTokenCount', 'thoughtsTokenCount'],

  read(message, answer) {
    // Google's Cloud Code wraps it once more.
    const { modelVersion, usageMetadata, error } = unwrap(message)
    answer.setModel(modelVersion)
    answer.setUsage(usageMetadata)
    if (error) answer.setError(error)
  },
}

const unwrap = (message: Message) => (isMessage(message.response) ? message.response : message)

/** Gemini's embedContent and batchEmbedContents, at Google AI and on Vertex AI. */
export const geminiEmbed: Format = {
  ...geminiGenerate,
  name: 'Gemini and Vertex AI embedContent, batchEmbedContents',
  operation: 'embeddings',
  paths: ['…/models/{model}:embedContent', '…/models/{model}:batchEmbedContents'],
  outputTokens: [],
}
