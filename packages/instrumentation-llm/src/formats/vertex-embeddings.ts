import type { Format } from './format.ts'

/**
 * Text embeddings of Vertex AI's predict, which @google/genai uses by default there:
 * {@link https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api}. Each prediction reports
 * its tokens. Other models have other responses and are not counted.
 */
export const vertexEmbeddings: Format = {
  name: 'Vertex AI predict, embedding models',
  operation: 'embeddings',
  paths: ['…/publishers/google/models/{model}:predict'],
  models: /embedding/,
  responseMembers: ['error'],
  relevantMessage: /"error"/,
  repeatedCount: { name: 'token_count', pattern: /"token_count"\s*:\s*(\d+)(?=[\s,}])/g },
  inputCounts: ['token_count'],
  outputCounts: [],

  read({ error }, response) {
    if (error) response.setError(error)
  },
}
