import type { Format } from './format.ts'

/**
 * Questions about an input, answered with probabilities, choices and scores: OpenAI's Decisions,
 * {@link https://platform.openai.com/docs/api-reference/decisions}, and OpenRouter's Decisions and System One.
 */
export const decisions: Format = {
  name: 'OpenAI Decisions, OpenRouter Decisions and System One',
  operation: 'chat',
  paths: ['…/decisions', '…/systemone'],
  marks: [],
  asks: [['questions']],
  isStrict: true,
  members: ['model', 'usage', 'error'],
  notable: /"usage"/,
  inputTokens: ['input_tokens'],
  outputTokens: ['output_tokens'],

  read({ model, usage, error }, answer) {
    answer.setModel(model)
    answer.setUsage(usage)
    if (error) answer.setError(error)
  },
}
