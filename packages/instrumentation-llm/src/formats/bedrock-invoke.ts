import { isJsonObject, type JsonObject } from '../json-object.ts'
import { readCountHeaders } from './count-headers.ts'
import type { Format } from './format.ts'

/** Matches the vendor's messages that have a model or usage. */
const RELEVANT_VENDOR_MESSAGE = /"(?:amazon-bedrock-invocationMetrics|message_start)"/

/** Matches the vendors' messages that have content, by the members in which Anthropic, Amazon, Meta and the others have it. */
const VENDOR_CONTENT =
  /"(?:content_block_delta|contentBlockDelta)"|"(?:text|generation|outputText|content|reasoning_content|arguments)"\s*:\s*"[^"]/

const COUNT_HEADERS = {
  inputTokenCount: 'x-amzn-bedrock-input-token-count',
  outputTokenCount: 'x-amzn-bedrock-output-token-count',
  cacheReadInputTokenCount: 'x-amzn-bedrock-cache-read-input-token-count',
  cacheWriteInputTokenCount: 'x-amzn-bedrock-cache-write-input-token-count',
} as const

/**
 * Amazon Bedrock's InvokeModel and InvokeModelWithResponseStream:
 * {@link https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html}. Bodies have the format of
 * the model's vendor. Bedrock itself reports the tokens in headers or in the stream's last message, with the cache's tokens
 * apart from the input's.
 */
const invoke: Omit<Format, 'name' | 'paths' | 'operation'> = {
  responseMembers: ['model', 'usage', 'prompt_token_count', 'generation_token_count'],
  // In a stream, the vendor's messages are in base64.
  relevantMessage: /"bytes"/,
  inputCounts: ['inputTokenCount', 'cacheReadInputTokenCount', 'cacheWriteInputTokenCount'],
  outputCounts: ['outputTokenCount'],

  hasContent(message) {
    const bytes = /"bytes"\s*:\s*"([^"]*)"/.exec(message)?.[1]
    return bytes !== undefined && VENDOR_CONTENT.test(Buffer.from(bytes, 'base64').toString())
  },

  readDetails: (usage) => ({
    input_cache_read: usage.cacheReadInputTokenCount,
    input_cache_write: usage.cacheWriteInputTokenCount,
  }),

  readHead(head, response) {
    response.setUsage(readCountHeaders(head, COUNT_HEADERS))
  },

  read(body, response) {
    const { bytes, model } = body
    if (typeof bytes !== 'string') {
      response.setModel(model)
      response.setUsage(readVendorUsage(body))
      return
    }
    const { message, 'amazon-bedrock-invocationMetrics': metrics } = parseVendorMessage(bytes, RELEVANT_VENDOR_MESSAGE)
    if (isJsonObject(message)) {
      response.setModel(message.model)
      response.setUsage(readVendorUsage(message))
    }
    if (!isJsonObject(metrics)) return
    response.setUsage(metrics)
    response.isFinished = true
  },
}

/**
 * Returns the usage in a vendor's body under Bedrock's names, for when Bedrock itself reports none, or has not yet: as
 * Anthropic, Amazon, Meta and the vendors with OpenAI's format write it.
 */
function readVendorUsage(body: JsonObject): JsonObject {
  const usage = isJsonObject(body.usage) ? body.usage : body
  const { input_tokens, inputTokens = input_tokens, prompt_tokens = inputTokens } = usage
  const { output_tokens, outputTokens = output_tokens, completion_tokens = outputTokens } = usage
  return {
    inputTokenCount: usage.prompt_token_count ?? prompt_tokens,
    outputTokenCount: usage.generation_token_count ?? completion_tokens,
    cacheReadInputTokenCount: usage.cache_read_input_tokens ?? usage.cacheReadInputTokenCount,
    cacheWriteInputTokenCount: usage.cache_creation_input_tokens ?? usage.cacheWriteInputTokenCount,
  }
}

/** Parses a vendor's message in base64. Returns an empty object if its text does not match `relevant`. */
export function parseVendorMessage(bytes: unknown, relevant: RegExp): JsonObject {
  if (typeof bytes !== 'string') return {}
  const text = Buffer.from(bytes, 'base64').toString()
  if (!relevant.test(text)) return {}
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** Models that only embed, by their names: Titan's, Cohere's, Nova's. It has to come before `bedrockInvoke`. */
export const bedrockEmbed: Format = {
  ...invoke,
  name: 'Amazon Bedrock InvokeModel, embedding models',
  operation: 'embeddings',
  paths: ['…/model/{model}/invoke'],
  models: /embed/i,
  outputCounts: [],
}

export const bedrockInvoke: Format = {
  ...invoke,
  name: 'Amazon Bedrock InvokeModel, InvokeModelWithResponseStream',
  operation: 'chat',
  paths: ['…/model/{model}/invoke', '…/model/{model}/invoke-with-response-stream'],
}
