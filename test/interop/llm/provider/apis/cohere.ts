import { type Api, EVENT_STREAM, event, json, TEXT, type Tokens, TRICKY } from '../api.ts'

const refusal = (status: number) => json({ id: 'error-1', message: `requested by the test: ${status}` })

/** The tokens that were processed, and those that are billed. The semantic conventions ask for billed tokens. */
const usageOf = ({ input, output }: Required<Tokens>) => ({
  billed_units: { input_tokens: input, output_tokens: output },
  tokens: { input_tokens: input + 60, output_tokens: output + 3 },
  cached_tokens: 32,
})

/** https://docs.cohere.com/v2/reference/chat; responses name no model. */
export const cohereChat: Api = {
  operation: 'chat',
  details: { input_cache_read: 32 },
  path: /\/v2\/chat$/,
  refusal,

  whole({ tokens }) {
    const message = { role: 'assistant', content: [{ type: 'text', text: TEXT }] }
    return json({ id: 'chat-1', finish_reason: 'COMPLETE', message, usage: usageOf(tokens) }, { tokens })
  },

  stream({ tokens }) {
    const of = (type: string, members: object) => event({ type, ...members }, type)
    const text = (type: string, value: string) =>
      of(type, {
        index: 0,
        delta: { message: { content: { ...(type === 'content-start' && { type: 'text' }), text: value } } },
      })
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
    const end = (delta: object) => of('message-end', { id: 'chat-1', delta })
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: of('message-start', { id: 'chat-1', delta: { message } }) + text('content-start', '') },
      text: { bytes: text('content-delta', TRICKY) },
      error: { bytes: end({ finish_reason: 'ERROR', error: 'requested by the test' }), type: 'ERROR' },
      finish: {
        bytes: of('content-end', { index: 0 }) + end({ finish_reason: 'COMPLETE', usage: usageOf(tokens) }),
        tokens,
      },
    }
  },
}

/** https://docs.cohere.com/v2/reference/embed */
export const cohereEmbed: Api = {
  operation: 'embeddings',
  path: /\/v2\/embed$/,
  refusal,
  whole({ body, tokens: { input } }) {
    const texts: string[] = body.texts
    const embeddings = { float: texts.map(() => [0.25, -0.5, 1]) }
    const meta = { api_version: { version: '2' }, billed_units: { input_tokens: input } }
    return json({ id: 'embed-1', embeddings, texts, meta, response_type: 'embeddings_by_type' }, { tokens: { input } })
  },
}

/** https://docs.cohere.com/v2/reference/rerank; it is billed by search units, and reports no tokens. */
export const cohereRerank: Api = {
  operation: 'rerank',
  path: /\/v2\/rerank$/,
  refusal,
  whole: () =>
    json({
      id: 'rerank-1',
      results: [{ index: 0, relevance_score: 0.9 }],
      meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
    }),
}
