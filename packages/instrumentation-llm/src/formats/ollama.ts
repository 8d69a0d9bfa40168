import type { Format } from './format.ts'

/**
 * Ollama's API: {@link https://github.com/ollama/ollama/blob/main/docs/api.md}. Streams are lines of JSON. A request without
 * a prompt only loads the model into memory, or unloads it.
 */
const ollama: Omit<Format, 'name' | 'paths' | 'operation'> = {
  marks: [],
  isStrict: true,
  members: ['model', 'error', 'prompt_eval_count', 'eval_count', 'created_at', 'done', 'done_reason'],
  notable: /"done"\s*:\s*true|"error"/,
  namesModel: /"model"/,
  inputTokens: ['prompt_eval_count'],
  outputTokens: ['eval_count'],

  read(message, answer) {
    answer.setModel(message.model)
    answer.setUsage(message)
    if (message.error) answer.setError(message)
    if (message.done === true) answer.isFinished = true
    if (message.done_reason === 'load' || message.done_reason === 'unload') answer.isIdle = true
  },
}

const isOwn: NonNullable<Format['isOwn']> = ({ created_at: createdAt, done, error }) =>
  typeof createdAt === 'string' || typeof done === 'boolean' || typeof error === 'string'

export const ollamaChat: Format = {
  ...ollama,
  name: 'Ollama chat',
  operation: 'chat',
  paths: ['…/api/chat'],
  asks: [['messages']],
  isOwn,
}

export const ollamaGenerate: Format = {
  ...ollama,
  name: 'Ollama generate',
  operation: 'text_completion',
  paths: ['…/api/generate'],
  asks: [['prompt']],
  isOwn,
}

export const ollamaEmbed: Format = {
  ...ollama,
  name: 'Ollama embed',
  operation: 'embeddings',
  paths: ['…/api/embed'],
  asks: [['input']],
  outputTokens: [],
}
