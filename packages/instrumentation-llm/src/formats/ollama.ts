import type { Format } from './format.ts'

/** Ollama's API: {@link https://github.com/ollama/ollama/blob/main/docs/api.md}. Streams are lines of JSON. */
const ollama: Omit<Format, 'name' | 'paths' | 'operation'> = {
  marks: [],
  members: ['model', 'error', 'prompt_eval_count', 'eval_count'],
  notable: /"done"\s*:\s*true|"error"/,
  namesModel: /"model"/,
  inputTokens: ['prompt_eval_count'],
  outputTokens: ['eval_count'],

  read(message, answer) {
    answer.setModel(message.model)
    answer.setUsage(message)
    if (message.error) answer.setError(message)
    if (message.done === true) answer.isFinished = true
  },
}

export const ollamaChat: Format = { ...ollama, name: 'Ollama chat', operation: 'chat', paths: ['…/api/chat'] }

export const ollamaGenerate: Format = {
  ...ollama,
  name: 'Ollama generate',
  operation: 'text_completion',
  paths: ['…/api/generate'],
}

export const ollamaEmbed: Format = {
  ...ollama,
  name: 'Ollama embed',
  operation: 'embeddings',
  paths: ['…/api/embed'],
  outputTokens: [],
}
