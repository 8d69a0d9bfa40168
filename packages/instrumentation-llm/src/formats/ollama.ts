import type { Format } from './format.ts'

/**
 * Ollama's API: {@link https://github.com/ollama/ollama/blob/main/docs/api.md}. Streams are lines of JSON. A request without
 * a prompt only loads the model into memory, or unloads it.
 */
const ollama: Omit<Format, 'name' | 'paths' | 'operation'> = {
  isPathShared: true,
  rejectsOtherRequests: true,
  responseMembers: ['model', 'error', 'prompt_eval_count', 'eval_count', 'created_at', 'done', 'done_reason'],
  relevantMessage: /"done"\s*:\s*true|"error"/,
  modelMessage: /"model"/,
  inputCounts: ['prompt_eval_count'],
  outputCounts: ['eval_count'],

  hasContent: (message) => /"(?:content|response|thinking)"\s*:\s*"[^"]|"tool_calls"\s*:\s*\[\s*\{/.test(message),

  read(message, response) {
    response.setModel(message.model)
    response.setUsage(message)
    if (message.error) response.setError(message)
    if (message.done === true) response.isFinished = true
    if (message.done_reason === 'load' || message.done_reason === 'unload') response.isLoadOnly = true
  },
}

const matches: NonNullable<Format['matches']> = ({ created_at: createdAt, done, error }) =>
  typeof createdAt === 'string' || typeof done === 'boolean' || typeof error === 'string'

export const ollamaChat: Format = {
  ...ollama,
  name: 'Ollama chat',
  operation: 'chat',
  paths: ['…/api/chat'],
  requestMembers: [['messages']],
  matches,
}

export const ollamaGenerate: Format = {
  ...ollama,
  name: 'Ollama generate',
  operation: 'text_completion',
  paths: ['…/api/generate'],
  requestMembers: [['prompt']],
  matches,
}

export const ollamaEmbed: Format = {
  ...ollama,
  name: 'Ollama embed',
  operation: 'embeddings',
  paths: ['…/api/embed'],
  requestMembers: [['input']],
  outputCounts: [],
}
