import { type Api, json, type Plan, TEXT, TRICKY } from '../api.ts'

const refusal = (status: number) => json({ error: `requested by the test: ${status}` })

/** An API that responds with one text: in lines of JSON, or whole if `stream` is false. */
function ollamaText(operation: string, path: RegExp, membersOf: (text: string) => object): Api {
  const of = ({ model }: Plan, text: string) => ({ model, created_at: '2026-09-01T00:00:00Z', ...membersOf(text) })
  const done = ({ tokens }: Plan) => ({
    done: true,
    done_reason: 'stop',
    total_duration: 5_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: tokens.input,
    prompt_eval_duration: 1_000_000,
    eval_count: tokens.output,
    eval_duration: 3_000_000,
  })
  return {
    operation,
    path,
    isStream: ({ body }) => body.stream !== false,
    refusal,
    // A request without a prompt or messages only loads or unloads the model.
    idle({ body }) {
      if (body.prompt || body.messages?.length > 0) return undefined
      const done_reason = body.keep_alive === 0 ? 'unload' : 'load'
      return json({ model: body.model, created_at: '2026-09-01T00:00:00Z', ...membersOf(''), done: true, done_reason })
    },
    whole: (plan) => json({ ...of(plan, TEXT), ...done(plan) }, { model: plan.model, tokens: plan.tokens }),
    stream(plan) {
      const line = (value: object) => `${JSON.stringify(value)}\n`
      const text = (value: string) => line({ ...of(plan, value), done: false })
      return {
        contentType: 'application/x-ndjson',
        begin: { bytes: text(''), model: plan.model },
        text: { bytes: text(TRICKY) },
        error: { bytes: line({ error: 'requested by the test' }), type: 'unknown' },
        finish: { bytes: line({ ...of(plan, ''), ...done(plan) }), tokens: plan.tokens },
      }
    },
  }
}

/** https://docs.ollama.com/api/chat */
export const ollamaChat = ollamaText('chat', /\/api\/chat$/, (content) => ({ message: { role: 'assistant', content } }))
/** https://docs.ollama.com/api/generate */
export const ollamaGenerate = ollamaText('text_completion', /\/api\/generate$/, (response) => ({ response }))
/** https://docs.ollama.com/api/embed */
export const ollamaEmbed: Api = {
  operation: 'embeddings',
  path: /\/api\/embed$/,
  refusal,
  whole({ model, body, tokens: { input } }) {
    const embeddings = [body.input].flat().map(() => [0.25, -0.5, 1])
    const result = { model, embeddings, total_duration: 5_000_000, load_duration: 1_000_000, prompt_eval_count: input }
    return json(result, { model, tokens: { input } })
  },
}
