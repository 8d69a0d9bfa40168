import type { Format } from './format.ts'

/** Imagen's predict, at Google AI and on Vertex AI: {@link https://ai.google.dev/gemini-api/docs/imagen}. It reports no tokens. */
export const imagen: Format = {
  name: 'Imagen',
  operation: 'generate_content',
  paths: ['…/models/{model}:predict'],
  models: /^(?:imagen-|imagegeneration@)/,
  responseMembers: ['error'],
  relevantMessage: /"error"/,
  inputCounts: [],
  outputCounts: [],

  read({ error }, response) {
    if (error) response.setError(error)
  },
}
