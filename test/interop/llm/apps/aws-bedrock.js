// Makes calls with @aws-sdk/client-bedrock-runtime, over HTTP/2 as it is by default, and over HTTP/1.1.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithBidirectionalStreamCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler'
import { drive } from '../drive/drive.js'

const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
const messages = [{ role: 'user', content: [{ text: 'Grüße an "model": 漢字 🎈' }] }]
const http1 = { requestHandler: new NodeHttpHandler() }
/** The clients share a session for each origin; by default each call has a session of its own. */
const shared = { requestHandler: new NodeHttp2Handler({ disableConcurrentStreams: false }) }

const clientOf = ({ url, retries }, options) =>
  new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials,
    maxAttempts: retries + 1,
    // The provider has a port of its own for HTTP/2.
    endpoint: url === process.env.PROVIDER && options !== http1 ? process.env.PROVIDER_HTTP2 : url,
    ...options,
  })
const send = ({ signal, ...call }, command, options) => clientOf(call, options).send(command, { abortSignal: signal })

/** The client decodes no compressed responses, and leaves the connection open when the app breaks out of a stream. */
const not = ['compressed response', 'compressed stream', 'break out of a stream']
/** The client waits half a second or more before a retry. */
const slow = [
  'refusal 429, with a retry',
  'success at the second attempt',
  'refusal 429 of a stream, with a retry',
  'stream at the second attempt',
]
/** The client throws an error for an event that was cut short. */
const unsure = ['abort in a stream']

const converse = (options, without = not) => ({
  not: without,
  unsure,
  whole: (call) => send(call, new ConverseCommand({ modelId: call.model, messages }), options),
  stream: async (call) =>
    (await send(call, new ConverseStreamCommand({ modelId: call.model, messages }), options)).stream,
})

function invoke(prefix, body, options) {
  const input = ({ model }) => ({
    modelId: prefix + model,
    body: JSON.stringify(body),
    contentType: 'application/json',
  })
  return {
    not: [...not, ...slow],
    unsure,
    whole: (call) => send(call, new InvokeModelCommand(input(call)), options),
    stream: async (call) => (await send(call, new InvokeModelWithResponseStreamCommand(input(call)), options)).body,
  }
}

/** Sends audio until the model has ended its turn. */
const converseBothWays = {
  not: [...not, 'refusal 429 of a stream, with a retry', 'stream at the second attempt'],
  unsure,
  async stream({ signal, ...call }) {
    const { promise: turnEnded, resolve: endTurn } = Promise.withResolvers()
    async function* body() {
      const configuration = { maxTokens: 100, topP: 0.9, temperature: 0.7 }
      yield chunkOf({ sessionStart: { inferenceConfiguration: configuration } })
      yield chunkOf({ textInput: { promptName: 'p', contentName: 'c', content: 'Grüße' } })
      await turnEnded
      yield chunkOf({ sessionEnd: {} })
    }
    async function* heard(events) {
      try {
        for await (const event of events) {
          if (textOf(event).includes('completionEnd')) endTurn()
          yield event
        }
      } finally {
        endTurn()
      }
    }
    const command = new InvokeModelWithBidirectionalStreamCommand({ modelId: call.model, body: body() })
    const response = await clientOf(call, {}).send(command, { abortSignal: signal }).catch(endTurnAnd(endTurn))
    return heard(response.body)
  },
}
const chunkOf = (event) => ({ chunk: { bytes: Buffer.from(JSON.stringify({ event })) } })
const textOf = ({ chunk }) => Buffer.from(chunk?.bytes ?? []).toString()
const endTurnAnd = (endTurn) => (error) => {
  endTurn()
  throw error
}

const streamed = async ({ stream }) => {
  const events = []
  for await (const event of stream) events.push(event)
  return events
}

/** Whole and streamed responses at the same time, in whatever order they come. */
const atOnce = (options) => (call) => {
  const input = { modelId: call.model, messages }
  const calls = [1, 2, 3].flatMap(() => [
    send(call, new ConverseCommand(input), options),
    send(call, new ConverseStreamCommand(input), options).then(streamed),
  ])
  return Promise.all(calls)
}

const claude = {
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Grüße' }],
}

drive(
  {
    'converse over HTTP/2': converse({}),
    'converse over HTTP/1.1': converse(http1),
    'converse over HTTP/2, in shared sessions': converse(shared, [...not, ...slow]),
    'invoke of Claude over HTTP/2': invoke('anthropic.', claude, {}),
    'invoke of Llama over HTTP/2': invoke('meta.', { prompt: 'Grüße' }, {}),
    'bidirectional stream over HTTP/2': converseBothWays,
    'invoke of Claude over HTTP/1.1': invoke('anthropic.', claude, http1),
  },
  {
    'several at once over HTTP/2': atOnce({}),
    'several at once over HTTP/2, in shared sessions': atOnce(shared),
  },
  ['totalRetryDelay'],
)
