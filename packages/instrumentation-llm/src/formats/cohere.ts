import { type Format, isMessage, member } from './format.ts'

/**
 * Where both are told, the semantic conventions want what is billed: it leaves out what Cohere adds to a prompt.
 * {@link https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md}
 */
const tokensOf = (usage: unknown) => member(usage, 'billed_units') ?? member(usage, 'tokens')

/** Cohere's Chat: {@link https://docs.cohere.com/reference/chat}. Answers name no model. */
export const cohereChat: Format = {
  name: 'Cohere Chat (v2)',
  operation: 'chat',
  paths: ['…/v2/chat'],
  marks: [],
  asks: [['messages']],
  members: ['usage', 'finish_reason'],
  notable: /"message-end"/,
  inputTokens: ['input_tokens'],
  outputTokens: ['output_tokens'],

  read(message, answer) {
    const { usage, finish_reason: reason } = isMessage(message.delta) ? message.delta : message
    answer.setUsage(tokensOf(usage))
    // What else is told of an error is a text.
    if (reason === 'ERROR' || reason === 'TIMEOUT') answer.setError({ code: reason })
    if (message.type === 'message-end') answer.isFinished = true
  },

  isOwn: ({ type, usage, finish_reason: reason }) =>
    typeof reason === 'string' || isMessage(usage) || /^(?:message|content|tool|citation)-/.test(String(type)),
}

/** Cohere's Chat v1, whose streams are lines of JSON. */
export const cohereChatV1: Format = {
  ...cohereChat,
  name: 'Cohere Chat (v1)',
  paths: ['…/v1/chat'],
  asks: [['message']],
  members: ['meta', 'generation_id', 'response_id', 'is_finished'],
  notable: /"stream-end"/,

  read({ event_type: type, response, meta }, answer) {
    answer.setUsage(tokensOf(isMessage(response) ? response.meta : meta))
    if (type === 'stream-end') answer.isFinished = true
  },

  isOwn: ({ meta, generation_id: generation, response_id: response, is_finished: isFinished }) =>
    isMessage(meta) ||
    typeof generation === 'string' ||
    typeof response === 'string' ||
    typeof isFinished === 'boolean',
}

/** Cohere's Generate, which came before Chat. */
export const cohereGenerate: Format = {
  ...cohereChatV1,
  name: 'Cohere Generate (v1)',
  operation: 'text_completion',
  paths: ['…/v1/generate'],
  asks: [['prompt']],
}

/** Cohere's Embed: {@link https://docs.cohere.com/reference/embed}. */
export const cohereEmbed: Format = {
  name: 'Cohere Embed (v1, v2)',
  operation: 'embeddings',
  paths: ['…/v1/embed', '…/v2/embed'],
  marks: [],
  asks: [['texts', 'images', 'inputs']],
  members: ['meta'],
  notable: /"meta"/,
  inputTokens: ['input_tokens', 'image_tokens'],
  outputTokens: [],

  read({ meta }, answer) {
    answer.setUsage(tokensOf(meta))
  },
}
