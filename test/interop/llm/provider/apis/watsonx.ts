import { type Api, EVENT_STREAM, event, json, TEXT, type Tokens, TRICKY } from '../api.ts'

const refusal = (status: number) =>
  json({ errors: [{ code: 'some_code', message: `requested by the test: ${status}` }], status_code: status })
const error = {
  bytes: event({ errors: [{ code: 'server_error', message: 'requested by the test' }], status_code: 500 }, 'error'),
  type: 'server_error',
}

const modelOf: Api['modelOf'] = ({ body }) => body.model_id
const isStream: Api['isStream'] = ({ path }) => path.stream !== undefined
const HEAD = { created_at: '2026-09-01T00:00:00.000Z', system: { warnings: [] } }

/** https://cloud.ibm.com/apidocs/watsonx-ai#text-chat and its stream. */
export const watsonxChat: Api = {
  operation: 'chat',
  path: /\/ml\/v1\/text\/chat(?<stream>_stream)?$/,
  modelOf,
  isStream,
  refusal,

  whole({ model, tokens }) {
    const choices = [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }]
    return json({ id: 'chat-1', model_id: model, model, choices, ...HEAD, usage: usageOf(tokens) }, { model, tokens })
  },

  stream({ model, tokens }) {
    const chunk = (choices: object[], members: object = {}) =>
      event({ id: 'chat-1', model_id: model, model, choices, ...HEAD, ...members }, 'message')
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: chunk([{ index: 0, delta: { role: 'assistant', content: '' } }]), model },
      text: { bytes: chunk([{ index: 0, delta: { content: TRICKY } }]) },
      error,
      finish: { bytes: chunk([], { usage: usageOf(tokens) }), tokens },
    }
  },
}

const usageOf = ({ input, output }: Required<Tokens>) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
})

/** https://cloud.ibm.com/apidocs/watsonx-ai#text-generation and its stream, which has the input's tokens once. */
export const watsonxGeneration: Api = {
  operation: 'text_completion',
  path: /\/ml\/v1\/text\/generation(?<stream>_stream)?$/,
  modelOf,
  isStream,
  refusal,

  whole({ model, tokens: { input, output } }) {
    return json(generated(model, TEXT, input, output, 'eos_token'), { model, tokens: { input, output } })
  },

  stream({ model, tokens: { input, output } }) {
    const message = (...values: [text: string, input: number, output: number, reason?: string]) =>
      event(generated(model, ...values), 'message')
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: message('', input, 0), model, tokens: { input, output: 0 } },
      text: { bytes: message(TRICKY, 0, 0) },
      error,
      finish: { bytes: message(TEXT, 0, output, 'EOS_TOKEN'), tokens: { input, output } },
    }
  },
}

function generated(model: string, text: string, input: number, output: number, reason = 'not_finished'): object {
  const result = {
    generated_text: text,
    generated_token_count: output,
    input_token_count: input,
    stop_reason: reason,
  }
  return { model_id: model, ...HEAD, results: [result] }
}

/** https://cloud.ibm.com/apidocs/watsonx-ai#text-embeddings */
export const watsonxEmbeddings: Api = {
  operation: 'embeddings',
  path: /\/ml\/v1\/text\/embeddings$/,
  modelOf,
  refusal,
  whole: ({ model, tokens: { input } }) =>
    json(
      { model_id: model, results: [{ embedding: [0.25] }], ...HEAD, input_token_count: input },
      { model, tokens: { input } },
    ),
}
