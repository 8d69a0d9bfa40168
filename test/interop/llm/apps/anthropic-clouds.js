// Makes calls with @anthropic-ai/vertex-sdk and @anthropic-ai/bedrock-sdk.
import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk'
import { AnthropicVertex } from '@anthropic-ai/vertex-sdk'
import { drive } from '../drive/drive.js'

const authClient = { getRequestHeaders: async () => new Headers({ authorization: 'Bearer none' }) }
const vertexOf = ({ url, retries }) =>
  new AnthropicVertex({ baseURL: `${url}/v1`, projectId: 'p', region: 'r', authClient, maxRetries: retries })
const bedrockOf = ({ url, retries }) =>
  new AnthropicBedrock({
    baseURL: url,
    awsRegion: 'us-east-1',
    awsAccessKey: 'none',
    awsSecretKey: 'none',
    maxRetries: retries,
  })
const body = { max_tokens: 100, messages: [{ role: 'user', content: 'Grüße an "model": 漢字 🎈' }] }

const operation = (clientOf, prefix) => ({
  whole: ({ model, signal, ...call }) => clientOf(call).messages.create({ model: prefix + model, ...body }, { signal }),
  stream: ({ model, signal, ...call }) =>
    clientOf(call).messages.create({ model: prefix + model, ...body, stream: true }, { signal }),
})

drive({ vertex: operation(vertexOf, ''), bedrock: operation(bedrockOf, 'anthropic.') })
