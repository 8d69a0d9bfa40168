import { type Api, EVENT_STREAM, event, json, TEXT, type Tokens, TRICKY } from '../api.ts'

const refusal = (status: number) =>
  json({ error: { message: `requested by the test: ${status}`, type: 'invalid_request_error' } })

const usageOf = ({ input, output }: Required<Tokens>) => ({
  inputTokens: { total: input, noCache: input - 900, cacheRead: 800, cacheWrite: 100 },
  outputTokens: { total: output, text: output - 7, reasoning: 7 },
})

const FINISH = { finishReason: { unified: 'stop', raw: 'stop' } }

/** The protocol of `@ai-sdk/gateway`: the model is in a header, and results are those of a LanguageModelV4. */
export const aiGatewayLanguageModel: Api = {
  operation: 'chat',
  details: { input_cache_read: 800, input_cache_write: 100, output_reasoning: 7 },
  path: /\/ai\/language-model$/,
  modelOf: ({ headers }) => String(headers['ai-language-model-id']),
  isStream: ({ headers }) => headers['ai-language-model-streaming'] === 'true',
  refusal,

  whole({ model, tokens }) {
    const response = { id: 'gen-1', modelId: model }
    const content = [{ type: 'text', text: TEXT }]
    return json({ content, ...FINISH, usage: usageOf(tokens), warnings: [], response }, { model, tokens })
  },

  stream({ model, tokens }) {
    const begin = [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'gen-1', modelId: model, timestamp: '2026-09-01T00:00:00.000Z' },
      { type: 'text-start', id: '1' },
    ]
    const finish = [
      { type: 'text-end', id: '1' },
      { type: 'finish', ...FINISH, usage: usageOf(tokens) },
    ]
    const error = { type: 'error', error: { type: 'server_error', message: 'requested by the test' } }
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: begin.map((part) => event(part)).join(''), model },
      text: { bytes: event({ type: 'text-delta', id: '1', delta: TRICKY }) },
      error: { bytes: event(error), type: 'server_error' },
      finish: { bytes: `${finish.map((part) => event(part)).join('')}data: [DONE]\n\n`, tokens },
    }
  },
}

export const aiGatewayEmbeddingModel: Api = {
  operation: 'embeddings',
  path: /\/ai\/embedding-model$/,
  modelOf: ({ headers }) => String(headers['ai-model-id']),
  refusal,
  whole: ({ body, tokens: { input } }) =>
    json(
      { embeddings: body.values.map(() => [0.25, -0.5, 1]), usage: { tokens: input }, warnings: [] },
      { tokens: { input } },
    ),
}

export const aiGatewayRerankingModel: Api = {
  operation: 'rerank',
  path: /\/ai\/reranking-model$/,
  modelOf: ({ headers }) => String(headers['ai-model-id']),
  refusal,
  whole: () => json({ ranking: [{ index: 0, relevanceScore: 0.9 }], warnings: [] }),
}
