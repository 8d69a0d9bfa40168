// Makes calls with @langchain/openai and @langchain/anthropic.
import { ChatAnthropic } from '@langchain/anthropic'
import { AzureChatOpenAI, ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { drive } from '../drive/drive.js'

const prompt = 'Grüße an "model": 漢字 🎈'
const openai = ({ url, model, retries }) => ({
  apiKey: 'none',
  model,
  maxRetries: retries,
  configuration: { baseURL: `${url}/v1` },
})
const chat = (modelOf) => ({
  whole: (call) => modelOf(call).invoke(prompt, { signal: call.signal }),
  stream: (call) => modelOf(call).stream(prompt, { signal: call.signal }),
})

drive(
  {
    'openai, chat': chat((call) => new ChatOpenAI(openai(call))),
    'openai, responses': chat((call) => new ChatOpenAI({ ...openai(call), useResponsesApi: true })),
    'openai, embeddings': {
      whole: (call) => new OpenAIEmbeddings(openai(call)).embedDocuments([prompt, prompt]),
      not: ['abort before the response'],
    },
    azure: chat(
      ({ url, model, retries }) =>
        new AzureChatOpenAI({
          azureOpenAIApiKey: 'none',
          azureOpenAIApiDeploymentName: model,
          azureOpenAIApiVersion: '2026-01-01',
          azureOpenAIEndpoint: url,
          maxRetries: retries,
        }),
    ),
    anthropic: chat(
      ({ url, model, retries }) =>
        new ChatAnthropic({ apiKey: 'none', model, maxRetries: retries, anthropicApiUrl: url, maxTokens: 100 }),
    ),
  },
  {},
  ['id'],
)
