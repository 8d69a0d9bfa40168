import { isJsonObject, member } from '../json-object.ts'
import type { Format } from './format.ts'

/**
 * Returns the counts of a usage that reports both billed and used tokens. OpenTelemetry's semantic conventions ask for the
 * billed ones, which leave out what Cohere adds to a prompt:
 * {@link https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md}
 */
const selectBilledCounts = (usage: unknown) => member(usage, 'billed_units') ?? member(usage, 'tokens')

/** Cohere's Chat: {@link https://docs.cohere.com/reference/chat}. Responses do not name the model. */
export const cohereChat: Format = {
  name: 'Cohere Chat (v2)',
  operation: 'chat',
  paths: ['…/v2/chat'],
  isPathShared: true,
  requestMembers: [['messages']],
  responseMembers: ['usage', 'finish_reason'],
  relevantMessage: /"message-end"/,
  inputCounts: ['input_tokens'],
  outputCounts: ['output_tokens'],

  hasContent: (message) => /"type"\s*:\s*"(?:content|tool-plan|tool-call)-delta"/.test(message),

  readDetails: ({ cached_tokens }) => ({ input_cache_read: cached_tokens }),

  read(message, response) {
    const { usage, finish_reason: finishReason } = isJsonObject(message.delta) ? message.delta : message
    const counts = selectBilledCounts(usage)
    response.setUsage(isJsonObject(counts) ? { ...counts, cached_tokens: member(usage, 'cached_tokens') } : counts)
    // The reason is the only identifier of an error; the rest is text.
    if (finishReason === 'ERROR' || finishReason === 'TIMEOUT') response.setError({ code: finishReason })
    if (message.type === 'message-end') response.isFinished = true
  },

  matches: ({ type, usage, finish_reason: finishReason }) =>
    typeof finishReason === 'string' || isJsonObject(usage) || /^(?:message|content|tool|citation)-/.test(String(type)),
}

/** Cohere's Chat v1, whose streams are lines of JSON. */
export const cohereChatV1: Format = {
  ...cohereChat,
  name: 'Cohere Chat (v1)',
  paths: ['…/v1/chat'],
  requestMembers: [['message']],
  responseMembers: ['meta', 'generation_id', 'response_id', 'is_finished'],
  relevantMessage: /"stream-end"/,

  hasContent: (message) => /"event_type"\s*:\s*"(?:text-generation|tool-calls-(?:chunk|generation))"/.test(message),

  read({ event_type: type, response: wholeResponse, meta }, response) {
    response.setUsage(selectBilledCounts(isJsonObject(wholeResponse) ? wholeResponse.meta : meta))
    if (type === 'stream-end') response.isFinished = true
  },

  matches: ({ meta, generation_id: generationId, response_id: responseId, is_finished: isFinished }) =>
    isJsonObject(meta) ||
    typeof generationId === 'string' ||
    typeof responseId === 'string' ||
    typeof isFinished === 'boolean',
}

/** Cohere's Generate, the predecessor of Chat. */
export const cohereGenerate: Format = {
  ...cohereChatV1,
  name: 'Cohere Generate (v1)',
  operation: 'text_completion',
  paths: ['…/v1/generate'],
  requestMembers: [['prompt']],
}

/** Cohere's Embed: {@link https://docs.cohere.com/reference/embed}. */
export const cohereEmbed: Format = {
  name: 'Cohere Embed (v1, v2)',
  operation: 'embeddings',
  paths: ['…/v1/embed', '…/v2/embed'],
  isPathShared: true,
  requestMembers: [['texts', 'images', 'inputs']],
  responseMembers: ['meta'],
  relevantMessage: /"meta"/,
  inputCounts: ['input_tokens', 'image_tokens'],
  outputCounts: [],

  read({ meta }, response) {
    response.setUsage(selectBilledCounts(meta))
  },
}
