// Makes calls with the openai package.
import OpenAI, { AzureOpenAI } from 'openai'
import { arrived, drive } from '../drive/drive.js'

const clientOf = ({ url, retries }) => new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: retries })
const azureOf = ({ url, retries, model }) =>
  new AzureOpenAI({ apiKey: 'none', endpoint: url, apiVersion: '2026-01-01', deployment: model, maxRetries: retries })

const prompt = 'Grüße an "model": 漢字 🎈'
const messages = [{ role: 'user', content: prompt }]
const usage = { stream: true, stream_options: { include_usage: true } }
const schema = { type: 'object', properties: { greeting: { type: 'string' } } }
const format = { type: 'json_schema', name: 'greeting', schema }
const response_format = { type: 'json_schema', json_schema: { name: 'greeting', schema } }

/** The helpers of version 4 are in beta, and its node-fetch waits forever for the rest of a response that was cut short. */
const isVersion4 = !('parse' in new OpenAI({ apiKey: 'none' }).chat.completions)
const not = isVersion4 ? ['response shorter than its content-length'] : []
const helpersOf = (call) => (isVersion4 ? clientOf(call).beta : clientOf(call)).chat.completions
/** Versions 4 and 5 do not have all methods for calls in the background. */
const hasBackground = 'cancel' in new OpenAI({ apiKey: 'none' }).responses
const begin = (call, options = {}) => respond(call, { background: true, ...options })
/** Returns the id of a response in the background whose stream breaks, or is abandoned. */
async function idOfStream(call, see, leaves) {
  let id
  try {
    for await (const event of await begin(call, { stream: true })) {
      id = event.response.id
      if (leaves) break
    }
  } catch (error) {
    see(error.name)
  }
  return id
}
const background = {
  'a response in the background, polled': async (call, see) => {
    for (const model of ['respond', 'fail']) {
      let response = await begin({ ...call, model })
      for (; ['queued', 'in_progress'].includes(response.status); see(response)) {
        response = await clientOf(call).responses.retrieve(response.id)
      }
      see(await clientOf(call).responses.retrieve(response.id))
    }
  },
  'a response in the background at Azure': async ({ url, model }, see) => {
    const client = new AzureOpenAI({ apiKey: 'none', endpoint: url, apiVersion: '2026-01-01' })
    const { id } = await client.responses.create({ model, input: prompt, background: true })
    for (let i = 0; i < 2; i++) see(await client.responses.retrieve(id))
  },
  'a response in the background, cancelled': async (call, see) => {
    const { id } = await begin({ ...call, model: 'stall' })
    see(await clientOf(call).responses.retrieve(id))
    see(await clientOf(call).responses.cancel(id))
  },
  'a response in the background, resumed': async (call, see) => {
    for (const leaves of [false, true]) {
      const id = await idOfStream(call, see, leaves)
      const resumed = await clientOf(call).responses.retrieve(id, { stream: true, starting_after: 0 })
      for await (const event of resumed) see(event)
    }
  },
  'a response in the background, left and polled': async (call, see) => {
    const id = await idOfStream(call, see, true)
    await clientOf(call).responses.retrieve(id)
    see(await clientOf(call).responses.retrieve(id))
  },
}

const chat = ({ model, signal, ...call }, options = {}) =>
  clientOf(call).chat.completions.create({ model, messages, ...options }, { signal })
const respond = ({ model, signal, ...call }, options = {}) =>
  clientOf(call).responses.create({ model, input: prompt, ...options }, { signal })

const run = ({ model, signal, ...call }, options = {}) =>
  clientOf(call).beta.threads.runs.create('thread_1', { assistant_id: 'asst_1', model, ...options }, { signal })
/** In version 4 the thread's id is an argument of its own. */
const pollRun = (call, id) => {
  const { runs } = clientOf(call).beta.threads
  return isVersion4 ? runs.retrieve('thread_1', id) : runs.retrieve(id, { thread_id: 'thread_1' })
}
const questions = [{ type: 'predicate', name: 'greeting', text: 'Is it a greeting?' }]

drive(
  {
    chat: { not, whole: (call) => chat(call), stream: (call) => chat(call, { stream: true }) },
    'chat with usage': { stream: (call) => chat(call, usage) },
    responses: { not, whole: (call) => respond(call), stream: (call) => respond(call, { stream: true }) },
    completions: {
      not,
      whole: ({ model, signal, ...call }) => clientOf(call).completions.create({ model, prompt }, { signal }),
      stream: ({ model, signal, ...call }) =>
        clientOf(call).completions.create({ model, prompt, ...usage }, { signal }),
    },
    embeddings: {
      not,
      whole: ({ model, signal, ...call }) =>
        clientOf(call).embeddings.create({ model, input: [prompt, prompt] }, { signal }),
    },
    assistants: { stream: (call) => run(call, { stream: true }) },
    // This exists since version 7.
    ...('decisions' in clientOf({ url: '', retries: 0 }) && {
      decisions: {
        whole: ({ model, signal, ...call }) =>
          clientOf(call).decisions.create({ model, input: prompt, questions }, { signal }),
      },
    }),
    azure: {
      not,
      whole: (call) => azureOf(call).chat.completions.create({ model: call.model, messages }, { signal: call.signal }),
      stream: (call) =>
        azureOf(call).chat.completions.create({ model: call.model, messages, ...usage }, { signal: call.signal }),
    },
  },
  {
    'runs of an assistant, polled': async (call, see) => {
      for (const model of ['respond', 'fail']) {
        const { id } = await run({ ...call, model })
        for (let i = 0; i < 3; i++) see(await pollRun(call, id))
      }
    },
    'the promise itself': (call, see) => {
      const promise = chat(call)
      see(Object.keys(promise))
      see(promise)
      return promise
    },
    withResponse: (call) => chat(call).withResponse(),
    'withResponse of a stream': async (call, see) => {
      const { data, response, request_id } = await chat(call, usage).withResponse()
      see([response, request_id, data])
      for await (const chunk of data) see(chunk)
    },
    asResponse: async (call, see) => {
      const response = await chat(call).asResponse()
      see(response)
      return response.text()
    },
    'asResponse of a stream, cloned': async (call, see) => {
      const response = await chat(call, usage).asResponse()
      const clone = response.clone()
      see(await response.text())
      return clone.text()
    },
    'asResponse, cancelled': async (call, see) => {
      if (isVersion4) return
      const response = await chat({ ...call, model: 'endless' }, usage).asResponse()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      // To the end of the first event with content.
      for (let text = ''; !/Grüße.*\n\n/s.test(text); ) text += (await reader.read()).value
      see(await reader.cancel())
      see(response)
    },
    parse: ({ model, ...call }) => helpersOf(call).parse({ model, messages, response_format }),
    'parse of responses': ({ model, ...call }) =>
      clientOf(call).responses.parse({ model, input: prompt, text: { format } }),
    'the stream helper': async ({ model, ...call }, see) => {
      const stream = helpersOf(call).stream({ model, messages, stream_options: usage.stream_options })
      for (const name of ['connect', 'content', 'chunk', 'message', 'finalContent', 'totalUsage', 'end']) {
        stream.on(name, (...values) => see([name, ...values]))
      }
      see(await stream.finalChatCompletion())
      return stream.totalUsage()
    },
    'the stream helper of responses': async ({ model, ...call }, see) => {
      const stream = clientOf(call).responses.stream({ model, input: prompt })
      for await (const event of stream) see(event)
      return stream.finalResponse()
    },
    tee: async (call, see) => {
      const [left, right] = (await chat(call, usage)).tee()
      for await (const chunk of left) see(chunk)
      for await (const chunk of right) see(chunk)
    },
    'one branch of a tee': async (call, see) => {
      const [left] = (await chat(call, usage)).tee()
      for await (const chunk of left) see(chunk)
    },
    toReadableStream: async (call) => new Response((await chat(call, usage)).toReadableStream()).text(),
    'calls at once': async (call) =>
      (await Promise.all([chat(call), chat(call, { temperature: 1 })])).map(({ object }) => object),
    'a timeout': async ({ url }) => {
      const client = clientOf({ url, retries: 0 })
      const [call] = await Promise.allSettled([
        client.chat.completions.create({ model: 'silent-timeout', messages }, { timeout: 2000 }),
        arrived(),
      ])
      throw call.reason
    },
    'a stream that is called something else': async (call, see) => {
      for (const model of ['respond-json', 'respond-plain', 'respond-octets', 'respond-typeless']) {
        for await (const chunk of await chat({ ...call, model }, usage)) see(chunk)
      }
    },
    'thoughts of Gemini': async ({ model, url }, see) => {
      const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1beta/openai` })
      see(await client.chat.completions.create({ model, messages }))
      for await (const chunk of await client.chat.completions.create({ model, messages, ...usage })) see(chunk)
    },
    'a stream of llama.cpp': async ({ model, url }, see) => {
      const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/llama/v1` })
      for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) see(chunk)
    },
    ...(hasBackground && background),
    'a list of models': async (call) => (await clientOf(call).models.list()).data,
  },
)
