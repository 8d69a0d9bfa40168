// Makes calls with @mistralai/mistralai.
import { Mistral } from '@mistralai/mistralai'
import { drive } from '../drive/drive.js'

const clientOf = ({ url, retries }) =>
  new Mistral({
    apiKey: 'none',
    serverURL: `${url}/mistral`,
    retryConfig: {
      strategy: retries > 0 ? 'backoff' : 'none',
      backoff: { initialInterval: 1, maxInterval: 1, exponent: 1, maxElapsedTime: 30_000 },
      retryConnectionErrors: false,
    },
  })
const messages = [{ role: 'user', content: 'Grüße an "model": 漢字 🎈' }]
const options = (signal) => ({ fetchOptions: { signal } })

/** It tries again until a time is over, however often. */
const not = ['refusal 429, with a retry', 'refusal 429 of a stream, with a retry']

drive({
  chat: {
    not,
    whole: ({ model, signal, ...call }) => clientOf(call).chat.complete({ model, messages }, options(signal)),
    stream: ({ model, signal, ...call }) => clientOf(call).chat.stream({ model, messages }, options(signal)),
  },
  transcriptions: {
    not,
    whole: ({ model, signal, ...call }) =>
      clientOf(call).audio.transcriptions.complete({ model, fileUrl: 'https://example.com/a.mp3' }, options(signal)),
    stream: ({ model, signal, ...call }) =>
      clientOf(call).audio.transcriptions.stream({ model, fileUrl: 'https://example.com/a.mp3' }, options(signal)),
  },
  embeddings: {
    not,
    whole: ({ model, signal, ...call }) =>
      clientOf(call).embeddings.create({ model, inputs: ['Grüße', 'an'] }, options(signal)),
  },
})
