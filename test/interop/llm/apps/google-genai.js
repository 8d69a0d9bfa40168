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

/** The client leaves the connection open when the app breaks out of a stream. */
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
    'an interaction': async ({ model, ...call }, see) => {
      const { interactions } = clientOf(call)
      see(await interactions.create({ model, input: contents }))
      for await (const event of await interactions.create({ model, input: contents, stream: true })) see(event)
    },
    'an interaction in the background': async (call, see) => {
      const { interactions } = clientOf(call)
      for (const model of ['respond', 'fail']) {
        const { id } = await interactions.create({ model, input: contents, background: true })
        see(await interactions.get(id))
        see(await interactions.get(id))
        see(await interactions.get(id))
      }
      const resumed = await interactions.create({ model: 'respond', input: contents, background: true })
      for await (const event of await interactions.get(resumed.id, { stream: true })) see(event)
      const cancelled = await interactions.create({ model: 'stall', input: contents, background: true })
      see(await interactions.cancel(cancelled.id))
    },
    'a chat': async ({ model, ...call }, see) => {
      const chat = clientOf(call).chats.create({ model })
      see(await chat.sendMessage({ message: contents }))
      return chat.getHistory()
    },
  },
)
