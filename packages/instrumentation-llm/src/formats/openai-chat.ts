import { isCount } from '../answer.ts'
import { type Format, isMessage, type Message } from './format.ts'

/**
 * OpenAI's Chat Completions, and the many APIs made like it: {@link https://platform.openai.com/docs/api-reference/chat}.
 * On Azure OpenAI, the path may name the deployment instead.
 */
export const openaiChat: Format = {
  operation: 'chat',
  path: /(?:\/deployments\/(?<model>[^/]+))?\/chat\/completions$/,
  members: ['model', 'usage', 'error'],
  // With `include_usage`, every event but the last has `"usage": null`.
  notable: /"(?:usage|error)"\s*:\s*[^\sn]/,
  lastEvent: '[DONE]',
  inputTokens: ['prompt_tokens'],
  outputTokens: ['completion_tokens', 'separate_reasoning_tokens'],

  read({ model, usage, x_groq: groq, error }, answer) {
    answer.setModel(model)
    // Groq's streams had it there before they had `include_usage`.
    answer.setUsage(withReasoning(usage ?? (isMessage(groq) ? groq.usage : undefined)))
    if (error) answer.setError(error)
  },
}

/**
 * `completion_tokens` includes reasoning, but not everywhere: where `total_tokens` is the sum of all three, as xAI has it,
 * it does not.
 */
function withReasoning(usage: unknown): unknown {
  if (!isMessage(usage)) return usage
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage
  const { reasoning_tokens: reasoning } = (usage.completion_tokens_details ?? {}) as Message
  if (!isCount(prompt) || !isCount(completion) || !isCount(reasoning)) return usage
  return total === prompt + completion + reasoning ? { ...usage, separate_reasoning_tokens: reasoning } : usage
}
