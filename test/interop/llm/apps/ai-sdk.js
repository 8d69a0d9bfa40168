// Makes calls with the AI SDK and its providers.
import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createGateway, embedMany, generateText, rerank, streamText } from 'ai'
import { drive } from '../drive/drive.js'

const apiKey = 'none'
const openaiOf = ({ url }) => createOpenAI({ apiKey, baseURL: `${url}/v1` })
const bedrockOf = ({ url }) => createAmazonBedrock({ apiKey, region: 'us-east-1', baseURL: url })
const gatewayOf = ({ url }) => createGateway({ apiKey, baseURL: `${url}/v4/ai` })

const prompt = 'Grüße an "model": 漢字 🎈'
const options = ({ retries, signal }) => ({ prompt, maxRetries: retries, abortSignal: signal })

/** The client leaves the connection open when the app breaks out of a stream. */
const not = ['break out of a stream']

const text = (modelOf) => ({
  not,
  async whole(call) {
    const { text, finishReason, usage, warnings } = await generateText({ model: modelOf(call), ...options(call) })
    return { text, finishReason, usage, warnings }
  },
  stream(call) {
    const onError = () => {}
    return streamText({ model: modelOf(call), onError, ...options(call) }).fullStream
  },
})
const embedding = (modelOf) => ({
  async whole(call) {
    const { maxRetries, abortSignal } = options(call)
    const { embeddings, usage, warnings } = await embedMany({
      model: modelOf(call),
      values: [prompt, prompt],
      maxRetries,
      abortSignal,
    })
    return { embeddings, usage, warnings }
  },
})

drive(
  {
    'openai, responses': text((call) => openaiOf(call).responses(call.model)),
    'openai, chat': text((call) => openaiOf(call).chat(call.model)),
    'openai, embeddings': embedding((call) => openaiOf(call).embeddingModel(call.model)),
    anthropic: text((call) => createAnthropic({ apiKey, baseURL: `${call.url}/v1` })(call.model)),
    google: text((call) => createGoogleGenerativeAI({ apiKey, baseURL: `${call.url}/v1beta` })(call.model)),
    'google, embeddings': embedding((call) =>
      createGoogleGenerativeAI({ apiKey, baseURL: `${call.url}/v1beta` }).embeddingModel(call.model),
    ),
    'amazon-bedrock': text((call) => bedrockOf(call)(call.model)),
    gateway: text((call) => gatewayOf(call)(call.model)),
    'gateway, embeddings': embedding((call) => gatewayOf(call).embeddingModel(call.model)),
    'gateway, reranking': {
      async whole(call) {
        const { maxRetries, abortSignal } = options(call)
        const model = gatewayOf(call).rerankingModel(call.model)
        const { ranking } = await rerank({ model, query: prompt, documents: [prompt, 'an'], maxRetries, abortSignal })
        return ranking
      },
    },
  },
  {
    'both branches of a tee': async (call, see) => {
      const result = streamText({ model: openaiOf(call).responses(call.model), ...options({ retries: 0 }) })
      for await (const part of result.textStream) see(part)
      return [await result.text, await result.usage, await result.finishReason]
    },
    toUIMessageStreamResponse: async (call) => {
      const { textStream } = streamText({ model: openaiOf(call).chat(call.model), ...options({ retries: 0 }) })
      return new Response(textStream.pipeThrough(new TextEncoderStream())).text()
    },
  },
  ['id', 'timestamp', 'responseId', 'messageId', 'stepNumber', 'providerMetadata', 'request', 'performance'],
)
