import { member } from '../json-object.ts'
import type { Format } from './format.ts'
import { SEPARATE_AUDIO, SEPARATE_REASONING, withAudio, withReasoning, withThoughts } from './hidden-tokens.ts'
import { readTimings } from './llama-cpp.ts'
import { readOpenaiDetails } from './token-details.ts'

/**
 * Matches a message of a stream that has content. The first message only says that an assistant speaks, with an empty text;
 * the last ones only say why it has stopped, and what it used.
 */
const CONTENT =
  /"(?:content|text|reasoning|reasoning_content|thinking|refusal|arguments|data|transcript)"\s*:\s*"[^"]|"(?:tool_calls|function_call)"\s*:\s*[[{]\s*["{]/

/** Returns whether a message of a stream has content, in OpenAI's chat or an API made like it. */
export function hasOpenaiContent(message: string): boolean {
  return CONTENT.test(message)
}

const COUNTS = ['prompt_tokens', 'completion_tokens'] as const

/**
 * OpenAI's Chat Completions, and the many APIs made like it: {@link https://platform.openai.com/docs/api-reference/chat}.
 * On Azure OpenAI, the path may name the deployment instead of a model; requests to Mistral's agents name neither.
 */
export const openaiChat: Format = {
  name: 'OpenAI Chat Completions, Azure OpenAI and the many compatible APIs; Mistral Agents',
  operation: 'chat',
  paths: ['…/deployments/{model}/chat/completions', '…/chat/completions', '…/v1/agents/completions'],
  responseMembers: ['model', 'usage', 'timings', 'error'],
  // With `include_usage`, every event but the last has `"usage": null`.
  relevantMessage: /"(?:usage|timings|error)"\s*:\s*[^\sn]/,
  modelMessage: /"model"\s*:\s*"[^"]/,
  lastEvent: '[DONE]',
  inputCounts: ['prompt_tokens', SEPARATE_AUDIO],
  outputCounts: ['completion_tokens', SEPARATE_REASONING],
  hasContent: hasOpenaiContent,
  readDetails: readOpenaiDetails('prompt_tokens_details', 'completion_tokens_details'),

  read({ model, usage, x_groq: groq, timings, error }, response) {
    response.setModel(model)
    // Groq's streams had their usage in `x_groq` before Groq supported `include_usage`.
    const counts = usage ?? member(groq, 'usage') ?? readTimings(timings)
    // A gateway in front of Gemini passes on the usage of Gemini's own OpenAI-compatible API.
    const isGemini = typeof model === 'string' && /\bgemini-/i.test(model)
    response.setUsage(withAudio(isGemini ? withThoughts(counts, COUNTS) : withReasoning(counts, COUNTS), COUNTS))
    if (error) response.setError(error)
  },
}

/**
 * Gemini's own OpenAI-compatible API, at Google AI and on Vertex AI: {@link https://ai.google.dev/gemini-api/docs/openai}.
 */
export const geminiOpenaiChat: Format = {
  ...openaiChat,
  name: 'Gemini through its OpenAI-compatible API',
  paths: ['…/v1beta/openai/chat/completions', '…/endpoints/openapi/chat/completions'],

  read(message, response) {
    openaiChat.read(message, response)
    response.setUsage(withThoughts(message.usage, COUNTS))
  },
}

/** Mistral's models on Vertex AI. */
export const vertexMistral: Format = {
  ...openaiChat,
  name: 'Mistral on Vertex AI',
  paths: ['…/publishers/mistralai/models/{model}:rawPredict', '…/publishers/mistralai/models/{model}:streamRawPredict'],
}
