// Makes calls with @mistralai/mistralai.
import { HTTPClient, Mistral } from '@mistralai/mistralai'
import { drive } from '../drive/drive.js'

/**
 * The client makes a `Request` with the call's signal, gives `fetch` a clone of it, and forgets both. Once either is garbage,
 * Node's `fetch` does not receive an abort, and a stream that has stalled would never end. So `fetch` gets the signal itself.
 */
const clientOf = ({ url, retries, signal }) =>
  new Mistral({
    apiKey: 'none',
    httpClient: new HTTPClient({ fetcher: (request) => fetch(request, { signal }) }),
    serverURL: `${url}/mistral`,
    retryConfig: {
      strategy: retries > 0 ? 'backoff' : 'none',
      backoff: { initialInterval: 1, maxInterval: 1, exponent: 1, maxElapsedTime: 30_000 },
      retryConnectionErrors: false,
    },
  })
const prompt = 'Grüße an "model": 漢字 🎈'
const messages = [{ role: 'user', content: prompt }]
const conversationsOf = (call) => clientOf(call).beta.conversations
const options = ({ signal }) => ({ fetchOptions: { signal } })

/** The client retries until a time is over, however often. */
const not = ['refusal 429, with a retry', 'refusal 429 of a stream, with a retry']

drive(
  {
    chat: {
      not,
      whole: ({ model, ...call }) => clientOf(call).chat.complete({ model, messages }, options(call)),
      stream: ({ model, ...call }) => clientOf(call).chat.stream({ model, messages }, options(call)),
    },
    embeddings: {
      not,
      whole: ({ model, ...call }) =>
        clientOf(call).embeddings.create({ model, inputs: ['Grüße', 'an'] }, options(call)),
    },
    transcriptions: {
      not,
      whole: ({ model, ...call }) =>
        clientOf(call).audio.transcriptions.complete({ model, fileUrl: 'https://example.com/a.mp3' }, options(call)),
      stream: ({ model, ...call }) =>
        clientOf(call).audio.transcriptions.stream({ model, fileUrl: 'https://example.com/a.mp3' }, options(call)),
    },
    conversations: {
      not,
      whole: ({ model, ...call }) => clientOf(call).beta.conversations.start({ model, inputs: prompt }, options(call)),
      stream: ({ model, ...call }) =>
        clientOf(call).beta.conversations.startStream({ model, inputs: prompt }, options(call)),
    },
  },
  {
    'a conversation that goes on': (call) =>
      conversationsOf(call).append({ conversationId: call.model, conversationAppendRequest: { inputs: prompt } }),
    'a conversation that goes on, streamed': async (call, see) => {
      const conversationAppendStreamRequest = { inputs: prompt }
      const request = { conversationId: call.model, conversationAppendStreamRequest }
      for await (const event of await conversationsOf(call).appendStream(request)) see(event)
    },
    'a conversation that begins again': (call) =>
      conversationsOf(call).restart({
        conversationId: call.model,
        conversationRestartRequest: { inputs: prompt, fromEntryId: 'entry_1' },
      }),
  },
)
