import { type Format, member } from './format.ts'

/** OpenAI's Embeddings, and the APIs made like it (Mistral, Voyage, Jina, Azure AI), of which some tell the total alone. */
export const openaiEmbeddings: Format = {
  name: 'OpenAI Embeddings and the compatible ones',
  operation: 'embeddings',
  paths: ['…/deployments/{model}/embeddings', '…/embeddings'],
  marks: ['x-stainless-lang'],
  // Ollama's older API has `prompt`, vLLM takes messages with images in them.
  asks: [['input', 'prompt', 'messages']],
  members: ['model', 'usage', 'error'],
  notable: /"usage"/,
  inputTokens: ['prompt_tokens'],
  outputTokens: [],

  read({ model, usage, error }, answer) {
    answer.setModel(model)
    answer.setUsage({ prompt_tokens: member(usage, 'prompt_tokens') ?? member(usage, 'total_tokens') })
    if (error) answer.setError(error)
  },
}
