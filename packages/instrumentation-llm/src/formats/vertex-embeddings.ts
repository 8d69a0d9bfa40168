import type { Format } from './format.ts'

/**
 * Text embeddings of Vertex AI's predict, which @google/genai asks by default there:
 * {@link https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api}. Each prediction tells
 * its tokens. Other models have other answers, so they are left out.
 */
export const vertexEmbeddings: Format = {
  name: 'Vertex AI predict, of embedding models',
  operation: 'embeddings',
  paths: ['…/publishers/google/models/{model}:predict'],
  models: /embedding/,
  members: ['error'],
  notable: /"error"/,
  sum: { name: 'token_count', pattern: /"token_count"\s*:\s*(\d+)(?=[\s,}])/g },
  inputTokens: ['token_count'],
  outputTokens: [],

  read({ error }, answer) {
    if (error) answer.setError(error)
  },
}
