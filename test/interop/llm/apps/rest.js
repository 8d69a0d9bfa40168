// Makes calls by fetch, as in the documentation of APIs that have no client here.
import { drive } from '../drive/drive.js'

const prompt = 'Grüße an "model": 漢字 🎈'
const messages = [{ role: 'user', content: prompt }]

async function post({ url, signal }, path, body) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
    body: JSON.stringify(body),
    signal,
  })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  return response
}
const whole = async (...args) => (await post(...args)).json()
/** Yields lines, because the chunks in which they come differ from run to run. */
async function* stream(...args) {
  let rest = ''
  for await (const text of (await post(...args)).body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop()
    yield* lines
  }
}

/** No call is retried. */
const not = [
  ...['refusal 429, with a retry', 'success at the second attempt'],
  ...['refusal 429 of a stream, with a retry', 'stream at the second attempt'],
]
const watsonx = ({ model }, more) => ({ model_id: model, project_id: 'p', ...more })

drive(
  {
    'watsonx chat': {
      not,
      whole: (call) => whole(call, '/ml/v1/text/chat?version=2025-06-01', watsonx(call, { messages })),
      stream: (call) => stream(call, '/ml/v1/text/chat_stream?version=2025-06-01', watsonx(call, { messages })),
    },
    'watsonx generation': {
      not,
      whole: (call) => whole(call, '/ml/v1/text/generation?version=2025-06-01', watsonx(call, { input: prompt })),
      stream: (call) =>
        stream(call, '/ml/v1/text/generation_stream?version=2025-06-01', watsonx(call, { input: prompt })),
    },
    'watsonx embeddings': {
      not,
      whole: (call) => whole(call, '/ml/v1/text/embeddings?version=2025-06-01', watsonx(call, { inputs: [prompt] })),
    },
    'Voyage multimodal embeddings': {
      not,
      whole: (call) =>
        whole(call, '/v1/multimodalembeddings', {
          inputs: [{ content: [{ type: 'text', text: prompt }] }],
          model: call.model,
        }),
    },
    'Voyage rerank': {
      not,
      whole: (call) => whole(call, '/v1/rerank', { query: prompt, documents: [prompt], model: call.model }),
    },
    'Cloudflare Workers AI': {
      not,
      whole: (call) => whole(call, `/client/v4/accounts/a/ai/run/@cf/test/${call.model}`, { messages }),
      stream: (call) => stream(call, `/client/v4/accounts/a/ai/run/@cf/test/${call.model}`, { messages, stream: true }),
    },
    Databricks: {
      not,
      whole: (call) => whole(call, `/serving-endpoints/${call.model}/invocations`, { messages }),
      stream: (call) => stream(call, `/serving-endpoints/${call.model}/invocations`, { messages, stream: true }),
    },
  },
  {
    'Text Generation Inference': (call) =>
      whole(call, '/tgi/generate', { inputs: prompt, parameters: { details: true } }),
    'Text Generation Inference, streamed': async (call) =>
      (await post(call, '/tgi/generate_stream', { inputs: prompt })).text(),
  },
)
