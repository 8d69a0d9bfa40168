import { type Format, member } from './format.ts'

/**
 * Rerank, as Cohere has it ({@link https://docs.cohere.com/reference/rerank}) and Voyage, Jina, Together, OpenRouter, vLLM
 * and others after it. Most tell a total of tokens, which is all input; Cohere tells search units, and no tokens.
 */
export const rerank: Format = {
  name: 'Rerank (Cohere, Voyage, Jina and others)',
  operation: 'rerank',
  paths: ['…/rerank'],
  marks: [],
  asks: [['query'], ['documents']],
  isStrict: true,
  members: ['model', 'usage', 'error'],
  notable: /"usage"/,
  inputTokens: ['tokens'],
  outputTokens: [],

  read({ model, usage, error }, answer) {
    answer.setModel(model)
    answer.setUsage({ tokens: member(usage, 'prompt_tokens') ?? member(usage, 'total_tokens') })
    if (error) answer.setError(error)
  },
}
