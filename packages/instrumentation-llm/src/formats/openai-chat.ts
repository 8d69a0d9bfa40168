import { type Format, member } from './format.ts'
import { AUDIO_INPUT, SEPARATE_REASONING, withAudio, withReasoning, withThoughts } from './hidden-tokens.ts'
import { usageOfTimings } from './llama-cpp.ts'

const COUNTS = ['prompt_tokens', 'completion_tokens'] as const

/**
 * OpenAI's Chat Completions, and the many APIs made like it: {@link https://platform.openai.com/docs/api-reference/chat}.
 * On Azure OpenAI, the path may name the deployment instead; Mistral's agents name none.
 */
export const openaiChat: Format = {
  name: 'OpenAI Chat Completions, Azure OpenAI, and the many compatible ones; Mistral Agents',
  operation: 'chat',
  paths: ['…/deployments/{model}/chat/completions', '…/chat/completions', '…/v1/agents/completions'],
  members: ['model', 'usage', 'timings', 'error'],
  // With `include_usage`, every event but the last has `"usage": null`.
  notable: /"(?:usage|timings|error)"\s*:\s*[^\sn]/,
  namesModel: /"model"\s*:\s*"[^"]/,
  lastEvent: '[DONE]',
  inputTokens: ['prompt_tokens', AUDIO_INPUT],
  outputTokens: ['completion_tokens', SEPARATE_REASONING],

  read({ model, usage, x_groq: groq, timings, error }, answer) {
    answer.setModel(model)
    // Groq's streams had it there before they had `include_usage`.
    const counts = usage ?? member(groq, 'usage') ?? usageOfTimings(timings)
    // A gateway that has Gemini behind it hands on what Gemini's own compatible API says.
    const isGemini = typeof model === 'string' && /\bgemini-/i.test(model)
    answer.setUsage(withAudio(isGemini ? withThoughts(counts, COUNTS) : withReasoning(counts, COUNTS), COUNTS))
    if (error) answer.setError(error)
  },
}

/** Gemini's own API that is made like OpenAI's, at Google AI and on Vertex AI: {@link https://ai.google.dev/gemini-api/docs/openai}. */
export const geminiOpenaiChat: Format = {
  ...openaiChat,
  name: 'Gemini, by OpenAI Chat Completions',
  paths: ['…/v1beta/openai/chat/completions', '…/endpoints/openapi/chat/completions'],

  read(message, answer) {
    openaiChat.read(message, answer)
    answer.setUsage(withThoughts(message.usage, COUNTS))
  },
}

/** Mistral's models on Vertex AI. */
export const vertexMistral: Format = {
  ...openaiChat,
  name: 'Mistral on Vertex AI',
  paths: ['…/publishers/mistralai/models/{model}:rawPredict', '…/publishers/mistralai/models/{model}:streamRawPredict'],
}
