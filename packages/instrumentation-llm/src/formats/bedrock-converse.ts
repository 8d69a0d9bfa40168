import { isJsonObject } from '../json-object.ts'
import type { Format } from './format.ts'

/**
 * Amazon Bedrock's Converse and ConverseStream:
 * {@link https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html}. `inputTokens` does not include
 * what was read from the cache or written to it. Responses do not name the model. A stream's last event has usage and
 * metrics.
 */
export const bedrockConverse: Format = {
  name: 'Amazon Bedrock Converse, ConverseStream',
  operation: 'chat',
  paths: ['…/model/{model}/converse', '…/model/{model}/converse-stream'],
  responseMembers: ['usage'],
  relevantMessage: /"usage"/,
  inputCounts: ['inputTokens', 'cacheReadInputTokens', 'cacheWriteInputTokens'],
  outputCounts: ['outputTokens'],

  hasContent: (message) => /"delta"\s*:\s*\{/.test(message),

  readDetails: (usage) => ({
    input_cache_read: usage.cacheReadInputTokens,
    input_cache_write: usage.cacheWriteInputTokens,
  }),

  read({ usage, metrics }, response) {
    response.setUsage(usage)
    if (isJsonObject(usage) && isJsonObject(metrics)) response.isFinished = true
  },
}
