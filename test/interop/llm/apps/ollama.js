// Makes calls with ollama.
import { Ollama } from 'ollama'
import { drive } from '../drive/drive.js'

const prompt = 'Grüße an "model": 漢字 🎈'
const messages = [{ role: 'user', content: prompt }]

/** The client can abort only streams; other calls are aborted by a `fetch` that is passed to it. */
const clientOf = ({ url, signal }) =>
  new Ollama({ host: url, fetch: (input, init) => fetch(input, { ...init, signal: init?.signal ?? signal }) })

async function abortable(stream, { signal }) {
  const events = await stream
  signal.addEventListener('abort', () => events.abort())
  return events
}

/** The client does not retry, and leaves the connection open when the app breaks out of a stream. */
const not = [
  'refusal 429, with a retry',
  'success at the second attempt',
  'refusal 429 of a stream, with a retry',
  'stream at the second attempt',
  'break out of a stream',
]

drive(
  {
    chat: {
      whole: (call) => clientOf(call).chat({ model: call.model, messages }),
      stream: (call) => abortable(clientOf(call).chat({ model: call.model, messages, stream: true }), call),
      not,
    },
    generate: {
      whole: (call) => clientOf(call).generate({ model: call.model, prompt }),
      stream: (call) => abortable(clientOf(call).generate({ model: call.model, prompt, stream: true }), call),
      not,
    },
    embeddings: { whole: (call) => clientOf(call).embed({ model: call.model, input: [prompt, prompt] }), not },
  },
  {
    'a model that is loaded': (call) => clientOf(call).generate({ model: call.model, prompt: '' }),
    'a model that is unloaded': (call) => clientOf(call).chat({ model: call.model, messages: [], keep_alive: 0 }),
  },
)
