import { member } from '../json-object.ts'
import type { Format } from './format.ts'

/** OpenAI's Embeddings, and the APIs made like it (Mistral, Voyage, Jina, Azure AI). Some of these report only the total. */
export const openaiEmbeddings: Format = {
  name: 'OpenAI Embeddings and compatible APIs',
  operation: 'embeddings',
  paths: ['…/deployments/{model}/embeddings', '…/embeddings'],
  isPathShared: true,
  clientHeaders: ['x-stainless-lang'],
  // Requests of Ollama's older API have a `prompt`; those to vLLM may have `messages`, with images in them.
  requestMembers: [['input', 'prompt', 'messages']],
  responseMembers: ['model', 'usage', 'error'],
  relevantMessage: /"usage"/,
  inputCounts: ['prompt_tokens'],
  outputCounts: [],

  read({ model, usage, error }, response) {
    response.setModel(model)
    response.setUsage({ prompt_tokens: member(usage, 'prompt_tokens') ?? member(usage, 'total_tokens') })
    if (error) response.setError(error)
  },
}
