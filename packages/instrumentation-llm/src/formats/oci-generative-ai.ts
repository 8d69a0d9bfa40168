import { isJsonObject, member } from '../json-object.ts'
import type { Format } from './format.ts'
import { SEPARATE_REASONING, withReasoning } from './hidden-tokens.ts'

/**
 * Chat of Oracle's OCI Generative AI: {@link https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/}.
 * Its OpenAI-compatible endpoints have the formats of OpenAI. A dedicated cluster is named by an endpoint instead of a
 * model. A whole response has its usage in one member with its text and, for models of Cohere, the conversation so far.
 *
 * A stream reports its tokens if `chatRequest.streamOptions.isIncludeUsage` is set, in an event after the one with the
 * reason why it finished.
 */
export const ociChat: Format = {
  name: 'Oracle OCI Generative AI, chat',
  operation: 'chat',
  paths: ['…/20231130/actions/chat'],
  requestModel: 'servingMode.modelId',
  responseMembers: ['modelId', 'chatResponse'],
  maxMemberBytes: 1024 * 1024,
  relevantMessage: /"(?:usage"\s*:\s*\{|finishReason"\s*:\s*")/,
  lastEvent: '[DONE]',
  inputCounts: ['promptTokens'],
  outputCounts: ['completionTokens', SEPARATE_REASONING],

  hasContent: (message) => /"text"\s*:\s*"[^"]|"toolCalls"\s*:\s*\[\s*\{/.test(message),

  readDetails: ({ promptTokensDetails, completionTokensDetails }) => ({
    input_cache_read: member(promptTokensDetails, 'cachedTokens'),
    output_reasoning: member(completionTokensDetails, 'reasoningTokens'),
  }),

  read(message, response) {
    const { usage, finishReason } = isJsonObject(message.chatResponse) ? message.chatResponse : message
    response.setModel(message.modelId)
    response.setUsage(withSeparateReasoning(usage))
    if (typeof finishReason !== 'string') return
    // Models of Cohere have these: `ERROR`, `ERROR_LIMIT` and `ERROR_TOXIC`.
    if (finishReason.startsWith('ERROR')) response.setError({ code: finishReason })
    response.isFinished = true
  },
}

/** Adds the reasoning if the total shows that the output does not include it, as with xAI's own API. */
function withSeparateReasoning(usage: unknown): unknown {
  if (!isJsonObject(usage)) return usage
  const openaiUsage = withReasoning(
    {
      input: usage.promptTokens,
      output: usage.completionTokens,
      output_details: { reasoning_tokens: member(usage.completionTokensDetails, 'reasoningTokens') },
      total_tokens: usage.totalTokens,
    },
    ['input', 'output'],
  )
  return { ...usage, [SEPARATE_REASONING]: member(openaiUsage, SEPARATE_REASONING) }
}
