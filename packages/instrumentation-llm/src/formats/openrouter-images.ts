import { type Format, isMessage } from './format.ts'

/** OpenRouter's images: {@link https://openrouter.ai/docs/api-reference}. Counts are called as in its chat. */
export const openrouterImages: Format = {
  name: 'OpenRouter Images',
  operation: 'generate_content',
  paths: ['…/images'],
  marks: [],
  asks: [['prompt']],
  isStrict: true,
  members: ['usage', 'error'],
  notable: /"type"\s*:\s*"(?:image_generation\.completed|error)"/,
  lastEvent: '[DONE]',
  inputTokens: ['prompt_tokens'],
  outputTokens: ['completion_tokens'],

  read({ type, usage, error }, answer) {
    answer.setUsage(usage)
    if (error) answer.setError(error)
    if (type === 'image_generation.completed' && isMessage(usage)) answer.isFinished = true
  },
}
