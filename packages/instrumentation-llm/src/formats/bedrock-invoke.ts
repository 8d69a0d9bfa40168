import { type Format, isMessage, type Message } from './format.ts'

/** Of the vendor's messages, those that tell something. */
const NOTABLE = /"(?:amazon-bedrock-invocationMetrics|message_start)"/

const HEADERS = {
  inputTokenCount: 'x-amzn-bedrock-input-token-count',
  outputTokenCount: 'x-amzn-bedrock-output-token-count',
  cacheReadInputTokenCount: 'x-amzn-bedrock-cache-read-input-token-count',
  cacheWriteInputTokenCount: 'x-amzn-bedrock-cache-write-input-token-count',
} as const

/**
 * Amazon Bedrock's InvokeModel and InvokeModelWithResponseStream:
 * {@link https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html}. Bodies are those of the
 * model's vendor; Bedrock itself tells the tokens, in headers or in the stream's last message, those of the cache apart.
 */
const invoke: Omit<Format, 'name' | 'paths' | 'operation'> = {
  members: ['model', 'usage', 'prompt_token_count', 'generation_token_count'],
  // Messages of the vendor's come in base64.
  notable: /"bytes"/,
  inputTokens: ['inputTokenCount', 'cacheReadInputTokenCount', 'cacheWriteInputTokenCount'],
  outputTokens: ['outputTokenCount'],

  readHead(head, answer) {
    const counts = Object.entries(HEADERS).map(([name, field]) => [name, toNumber(head.header(field))])
    answer.setUsage(Object.fromEntries(counts))
  },

  read(message, answer) {
    const { bytes, model } = message
    if (typeof bytes !== 'string') {
      answer.setModel(model)
      answer.setUsage(vendorUsage(message))
      return
    }
    const { message: begun, 'amazon-bedrock-invocationMetrics': metrics } = parseBytes(bytes, NOTABLE)
    if (isMessage(begun)) {
      answer.setModel(begun.model)
      answer.setUsage(vendorUsage(begun))
    }
    if (!isMessage(metrics)) return
    answer.setUsage(metrics)
    answer.isFinished = true
  },
}

/** Where Bedrock tells none, or not yet: what Anthropic, Amazon, Meta and those who follow OpenAI write into their bodies. */
function vendorUsage(message: Message): Message {
  const usage = isMessage(message.usage) ? message.usage : message
  const { input_tokens, inputTokens = input_tokens, prompt_tokens = inputTokens } = usage
  const { output_tokens, outputTokens = output_tokens, completion_tokens = outputTokens } = usage
  return {
    inputTokenCount: usage.prompt_token_count ?? prompt_tokens,
    outputTokenCount: usage.generation_token_count ?? completion_tokens,
    cacheReadInputTokenCount: usage.cache_read_input_tokens ?? usage.cacheReadInputTokenCount,
    cacheWriteInputTokenCount: usage.cache_creation_input_tokens ?? usage.cacheWriteInputTokenCount,
  }
}

const toNumber = (text: string | undefined) => (text === undefined ? undefined : Number(text))

/** The vendor's message, which comes in base64; empty where it has nothing of what is looked for. */
export function parseBytes(bytes: unknown, notable: RegExp): Message {
  if (typeof bytes !== 'string') return {}
  const text = Buffer.from(bytes, 'base64').toString()
  if (!notable.test(text)) return {}
  try {
    const value: unknown = JSON.parse(text)
    return isMessage(value) ? value : {}
  } catch {
    return {}
  }
}

/** Of the models that only embed, by their names: Titan's, Cohere's, Nova's. Has to stand before `bedrockInvoke`. */
export const bedrockEmbed: Format = {
  ...invoke,
  name: 'Amazon Bedrock InvokeModel of an embedding model',
  operation: 'embeddings',
  paths: ['…/model/{model}/invoke'],
  models: /embed/i,
  outputTokens: [],
}

export const bedrockInvoke: Format = {
  ...invoke,
  name: 'Amazon Bedrock InvokeModel, InvokeModelWithResponseStream',
  operation: 'chat',
  paths: ['…/model/{model}/invoke', '…/model/{model}/invoke-with-response-stream'],
}
