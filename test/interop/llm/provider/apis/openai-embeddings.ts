import { type Api, json } from '../api.ts'
import { openaiRefusal } from './openai-chat.ts'

const VECTOR = [0.25, -0.5, 1]

/** https://platform.openai.com/docs/api-reference/embeddings; Mistral's are the same. */
export const openaiEmbeddings: Api = {
  operation: 'embeddings',
  path: /(?:\/deployments\/(?<model>[^/]+))?\/embeddings$/,
  refusal: openaiRefusal,

  whole({ model, tokens: { input }, body }) {
    const base64 = Buffer.from(new Float32Array(VECTOR).buffer).toString('base64')
    const embedding = body.encoding_format === 'base64' ? base64 : VECTOR
    const data = [body.input].flat().map((_, index) => ({ object: 'embedding', index, embedding }))
    const usage = { prompt_tokens: input, total_tokens: input }
    return json({ id: 'emb-1', object: 'list', data, model, usage }, { model, tokens: { input } })
  },
}
