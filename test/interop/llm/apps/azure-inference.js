// Makes calls with @azure-rest/ai-inference.
import * as inference from '@azure-rest/ai-inference'
import { drive } from '../drive/drive.js'

const { isUnexpected } = inference
/** The default export of a CommonJS module is nested in its default export, or not, depending on the module that imports it. */
const createClient = inference.default.default ?? inference.default

const messages = [{ role: 'user', content: 'Grüße an "model": 漢字 🎈' }]
const clientOf = ({ url, retries }) =>
  createClient(
    url,
    { key: 'none' },
    { allowInsecureConnection: true, retryOptions: { maxRetries: retries, retryDelayInMs: 1 } },
  )
const request = ({ model, signal, ...call }, path, body) =>
  clientOf(call)
    .path(path)
    .post({ body: { model, ...body }, abortSignal: signal })

async function post(call, path, body) {
  const response = await request(call, path, body)
  const { status, headers } = response
  return { status, headers: { ...headers }, body: response.body, isUnexpected: isUnexpected(response) }
}

drive(
  {
    chat: {
      whole: (call) => post(call, '/chat/completions', { messages }),
      async stream(call) {
        const response = await request(call, '/chat/completions', { messages, stream: true }).asNodeStream()
        if (response.status !== '200') throw new Error(`status ${response.status}`)
        return linesOf(response.body)
      },
    },
    embeddings: { whole: (call) => post(call, '/embeddings', { input: ['Grüße', 'an'] }) },
  },
  {},
  ['requestId', '_headersMap'],
)

/** Yields lines, which do not depend on how the stream was split into chunks. */
async function* linesOf(stream) {
  let rest = ''
  for await (const text of stream.setEncoding('utf8')) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    yield* lines
  }
}
