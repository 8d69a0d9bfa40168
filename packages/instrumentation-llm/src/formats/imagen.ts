import type { Format } from './format.ts'

/** Imagen's predict, at Google AI and on Vertex AI: {@link https://ai.google.dev/gemini-api/docs/imagen}. It tells no tokens. */
export const imagen: Format = {
  name: 'Imagen',
  operation: 'generate_content',
  paths: ['…/models/{model}:predict'],
  models: /^(?:imagen-|imagegeneration@)/,
  members: ['error'],
  notable: /"error"/,
  inputTokens: [],
  outputTokens: [],

  read({ error }, answer) {
    if (error) answer.setError(error)
  },
}
