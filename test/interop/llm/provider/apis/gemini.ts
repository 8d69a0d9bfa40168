import { type Api, EVENT_STREAM, event, json, TEXT, type Tokens, TRICKY } from '../api.ts'

const refusal = (status: number) =>
  json({ error: { code: status, message: 'requested by the test', status: 'FAILED_PRECONDITION' } })

/** `promptTokenCount` includes cached tokens, `candidatesTokenCount` excludes the thoughts. */
const usageOf = ({ input, output }: Required<Tokens>) => ({
  promptTokenCount: input,
  cachedContentTokenCount: 512,
  candidatesTokenCount: output - 7,
  thoughtsTokenCount: 7,
  totalTokenCount: input + output,
})

const content = (text: string, model: string, usageMetadata: object, finish?: object) => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...finish }],
  usageMetadata,
  modelVersion: model,
  responseId: 'response-1',
})

/** https://ai.google.dev/api/generate-content, on Vertex too; streams are events, or one JSON array where not asked for. */
export const geminiGenerate: Api = {
  operation: 'generate_content',
  details: { input_cache_read: 512, output_reasoning: 7 },
  path: /\/models\/(?<model>[^/:]+):(?<method>generateContent|streamGenerateContent)$/,
  isStream: ({ path }) => path.method === 'streamGenerateContent',
  refusal,
  whole: ({ model, tokens }) =>
    json(content(TEXT, model, usageOf(tokens), { finishReason: 'STOP' }), { model, tokens }),

  stream({ model, tokens, query }) {
    const array = query.get('alt') !== 'sse'
    const chunk = (value: object, before = ',') =>
      array ? `${before}${JSON.stringify(value, null, 2)}\n` : event(value)
    const { promptTokenCount } = usageOf(tokens)
    // Each event has the usage so far.
    const early = { promptTokenCount, candidatesTokenCount: 1, totalTokenCount: promptTokenCount + 1 }
    const last = content('', model, usageOf(tokens), { finishReason: 'STOP' })
    const error = { error: { code: 503, message: 'requested by the test', status: 'UNAVAILABLE' } }
    return {
      contentType: array ? 'application/json; charset=UTF-8' : EVENT_STREAM,
      begin: {
        bytes: chunk(content(TEXT, model, early), '['),
        model,
        tokens: { input: tokens.input, output: 1 },
        details: {},
      },
      text: { bytes: chunk(content(TRICKY, model, early)) },
      error: { bytes: chunk(error) + (array ? ']' : ''), type: '503' },
      finish: { bytes: chunk(last) + (array ? ']' : ''), tokens },
    }
  },
}

/** https://ai.google.dev/api/embeddings */
export const geminiEmbed: Api = {
  operation: 'embeddings',
  path: /\/models\/(?<model>[^/:]+):(?<method>embedContent|batchEmbedContents)$/,
  refusal,
  whole({ path, body, tokens: { input } }) {
    const embedding = { values: [0.25, -0.5, 1] }
    const usageMetadata = { promptTokenCount: input, totalTokenCount: input }
    const many = path.method === 'batchEmbedContents'
    const embeddings = many && { embeddings: body.requests.map(() => embedding) }
    return json({ ...(embeddings || { embedding }), usageMetadata }, { tokens: { input } })
  },
}

/** https://ai.google.dev/gemini-api/docs/imagen; it reports no tokens. */
export const imagen: Api = {
  operation: 'generate_content',
  path: /\/models\/(?<model>imagen-[^/:]+):predict$/,
  refusal: geminiGenerate.refusal,
  whole: () => json({ predictions: [{ mimeType: 'image/png', bytesBase64Encoded: 'AAAA'.repeat(100) }] }),
}
