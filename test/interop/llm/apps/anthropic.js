// Makes calls with @anthropic-ai/sdk.
import Anthropic from '@anthropic-ai/sdk'
import { drive } from '../drive/drive.js'

const clientOf = ({ url, retries }) => new Anthropic({ apiKey: 'none', baseURL: url, maxRetries: retries })
const body = { max_tokens: 100, messages: [{ role: 'user', content: 'Grüße an "model": 漢字 🎈' }] }
/** A call in whose course the context is compacted. */
const compacted = {
  betas: ['compact-2026-01-12'],
  context_management: { edits: [{ type: 'compact_20260112' }] },
}
const create = ({ model, signal, ...call }, options = {}) =>
  clientOf(call).messages.create({ model, ...body, ...options }, { signal })

drive(
  {
    messages: { whole: (call) => create(call), stream: (call) => create(call, { stream: true }) },
    'the stream helper': {
      stream: ({ model, signal, ...call }) => clientOf(call).messages.stream({ model, ...body }, { signal }),
    },
    'beta messages': {
      whole: ({ model, signal, ...call }) => clientOf(call).beta.messages.create({ model, ...body }, { signal }),
    },
  },
  {
    'the promise itself': (call, see) => {
      const promise = create(call)
      see(Object.keys(promise))
      see(promise)
      return promise
    },
    withResponse: (call) => create(call).withResponse(),
    'withResponse of a stream': async (call, see) => {
      const { data, response, request_id } = await create(call, { stream: true }).withResponse()
      see([response, request_id, data])
      for await (const event of data) see(event)
    },
    asResponse: async (call, see) => {
      const response = await create(call).asResponse()
      see(response)
      return response.json()
    },
    'events of the stream helper': async ({ model, ...call }, see) => {
      const stream = clientOf(call).messages.stream({ model, ...body })
      for (const name of ['connect', 'streamEvent', 'text', 'contentBlock', 'message', 'finalMessage', 'end']) {
        stream.on(name, (...values) => see([name, ...values]))
      }
      return stream.finalMessage()
    },
    tee: async (call, see) => {
      const [left, right] = (await create(call, { stream: true })).tee()
      for await (const event of right) see(event)
      for await (const event of left) see(event)
    },
    toReadableStream: async (call) => new Response((await create(call, { stream: true })).toReadableStream()).text(),
    compaction: ({ model, ...call }) => clientOf(call).beta.messages.create({ model, ...body, ...compacted }),
    'compaction in a stream': ({ model, ...call }) =>
      clientOf(call)
        .beta.messages.stream({ model, ...body, ...compacted })
        .finalMessage(),
    'a stream that is called something else': async (call, see) => {
      for (const model of ['respond-json', 'respond-plain', 'respond-octets', 'respond-typeless']) {
        for await (const event of await create({ ...call, model }, { stream: true })) see(event)
      }
    },
    'a count of tokens': ({ model, ...call }) =>
      clientOf(call).messages.countTokens({ model, messages: body.messages }),
  },
)
