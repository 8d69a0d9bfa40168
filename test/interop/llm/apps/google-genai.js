// Makes calls with @google/genai: Gemini's API, and Vertex AI's with an API key.
import { GoogleGenAI } from '@google/genai'
import { drive } from '../drive/drive.js'

const contents = 'Grüße an "model": 漢字 🎈'

const clientOf = ({ url, retries }, options) =>
  new GoogleGenAI({
    apiKey: 'none',
    ...options,
    httpOptions: { baseUrl: url, retryOptions: { attempts: retries + 1, initialDelay: 0.001, jitter: 0 } },
  })

/** It leaves the connection open when the app breaks out of a stream. */
const not = ['break out of a stream']

const operation = (options) => ({
  not,
  whole: ({ model, signal, ...call }) =>
    clientOf(call, options).models.generateContent({ model, contents, config: { abortSignal: signal } }),
  stream: ({ model, signal, ...call }) =>
    clientOf(call, options).models.generateContentStream({ model, contents, config: { abortSignal: signal } }),
})

drive(
  {
    gemini: operation({}),
    vertex: operation({ vertexai: true }),
    embeddings: {
      whole: ({ model, signal, ...call }) =>
        clientOf(call).models.embedContent({ model, contents: [contents, contents], config: { abortSignal: signal } }),
    },
    images: {
      whole: ({ model, signal, ...call }) =>
        clientOf(call, { vertexai: true }).models.generateImages({
          model: `imagen-${model}`,
          prompt: contents,
          config: { abortSignal: signal },
        }),
    },
  },
  {
    'a chat': async ({ model, ...call }, see) => {
      const chat = clientOf(call).chats.create({ model })
      see(await chat.sendMessage({ message: contents }))
      return chat.getHistory()
    },
  },
)
