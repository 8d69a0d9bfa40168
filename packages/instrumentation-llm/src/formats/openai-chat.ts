import { type Format, member } from './format.ts'
import { SEPARATE_REASONING, withReasoning } from './reasoning.ts'

/**
 * OpenAI's Chat Completions, and the many APIs made like it: {@link https://platform.openai.com/docs/api-reference/chat}.
 * On Azure OpenAI, the path may name the deployment instead; Mistral's agents name none.
 */
export const openaiChat: Format = {
  name: 'OpenAI Chat Completions, Azure OpenAI, and the many compatible ones; Mistral Agents',
  operation: 'chat',
  paths: ['…/deployments/{model}/chat/completions', '…/chat/completions', '…/v1/agents/completions'],
  members: ['model', 'usage', 'error'],
  // With `include_usage`, every event but the last has `"usage": null`.
  notable: /"(?:usage|error)"\s*:\s*[^\sn]/,
  namesModel: /"model"\s*:\s*"[^"]/,
  lastEvent: '[DONE]',
  inputTokens: ['prompt_tokens'],
  outputTokens: ['completion_tokens', SEPARATE_REASONING],

  read({ model, usage, x_groq: groq, error }, answer) {
    answer.setModel(model)
    // Groq's streams had it there before they had `include_usage`.
    answer.setUsage(withReasoning(usage ?? member(groq, 'usage'), ['prompt_tokens', 'completion_tokens']))
    if (error) answer.setError(error)
  },
}

/** Mistral's models on Vertex AI. */
export const vertexMistral: Format = {
  ...openaiChat,
  name: 'Mistral on Vertex AI',
  paths: ['…/publishers/mistralai/models/{model}:rawPredict', '…/publishers/mistralai/models/{model}:streamRawPredict'],
}
