// Makes calls with groq-sdk.
import Groq from 'groq-sdk'
import { drive } from '../drive/drive.js'

const clientOf = ({ url, retries }) => new Groq({ apiKey: 'none', baseURL: `${url}/groq`, maxRetries: retries })
const messages = [{ role: 'user', content: 'Grüße an "model": 漢字 🎈' }]
const chat = ({ model, signal, ...call }, options = {}) =>
  clientOf(call).chat.completions.create({ model, messages, ...options }, { signal })

drive(
  { chat: { whole: (call) => chat(call), stream: (call) => chat(call, { stream: true }) } },
  {
    withResponse: (call) => chat(call).withResponse(),
    asResponse: async (call) => (await chat(call).asResponse()).text(),
  },
)
