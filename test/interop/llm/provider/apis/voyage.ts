import { type Api, json } from '../api.ts'

const refusal = (status: number) => json({ detail: `requested by the test: ${status}` })

/** https://docs.voyageai.com/reference/multimodal-embeddings-api */
export const voyageMultimodal: Api = {
  operation: 'embeddings',
  path: /\/v1\/multimodalembeddings$/,
  refusal,
  whole({ model, tokens: { input } }) {
    const data = [{ object: 'embedding', embedding: [0.25, -0.5, 1], index: 0 }]
    const usage = { text_tokens: input - 9, image_pixels: 2_000_000, total_tokens: input }
    return json({ object: 'list', data, model, usage }, { model, tokens: { input } })
  },
}

/** https://docs.voyageai.com/reference/reranker-api */
export const voyageRerank: Api = {
  operation: 'rerank',
  path: /\/v1\/rerank$/,
  refusal,
  whole({ model, tokens: { input } }) {
    const data = [{ relevance_score: 0.9, index: 0 }]
    return json({ object: 'list', data, model, usage: { total_tokens: input } }, { model, tokens: { input } })
  },
}
