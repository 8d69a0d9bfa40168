import { type Api, EVENT_STREAM, event, json, type Plan, TEXT, type Tokens, TRICKY } from '../api.ts'

/** Where a stream has its usage: in an event of its own if the request asks for it, or always in the last event. */
type Dialect = 'openai' | 'mistral' | 'groq' | 'gemini' | 'llama.cpp'

export const openaiRefusal = (status: number) =>
  json({ error: { type: 'some_error', code: 'some_code', param: null, message: `requested by the test: ${status}` } })

export const openaiError = {
  bytes: event({ error: { message: 'requested by the test', type: 'server_error', code: null } }),
  type: 'server_error',
}

export const openaiUsage = ({ input, output }: Required<Tokens>) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: 512 },
  completion_tokens_details: { reasoning_tokens: 7 },
})

export const openaiDetails = { input_cache_read: 512, output_reasoning: 7 }

/** The tokens of thoughts are only in the total. */
const geminiUsage = ({ input, output }: Required<Tokens>) => ({
  completion_tokens: output - 5,
  prompt_tokens: input,
  total_tokens: input + output,
})

/** All but 7 tokens of the input were in the cache. */
const llamaTimings = ({ input, output }: Required<Tokens>) => ({
  cache_n: input - 7,
  prompt_n: 7,
  prompt_ms: 30.958,
  predicted_n: output,
  predicted_ms: 661.064,
})

const HEAD = { id: 'chatcmpl-1', created: 1_790_000_000 }

const detailsOf = (dialect: Dialect) => (dialect === 'gemini' ? { output_reasoning: 5 } : openaiDetails)

function openaiChat(path: RegExp, dialect: Dialect): Api {
  function stream({ model, tokens, body }: Plan) {
    const includesUsage = body.stream_options?.include_usage === true
    const usage = dialect === 'gemini' ? geminiUsage(tokens) : openaiUsage(tokens)
    const details = dialect === 'llama.cpp' ? { input_cache_read: tokens.input - 7 } : detailsOf(dialect)
    const chunk = (members: object) =>
      event({ ...HEAD, object: 'chat.completion.chunk', model, ...(includesUsage && { usage: null }), ...members })
    const delta = (content: string, members: object = {}) =>
      chunk({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null, ...members }] })
    const end = (members: object) => chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], ...members })
    const last = {
      openai: end({}) + (includesUsage ? chunk({ choices: [], usage }) : ''),
      mistral: end({ usage }),
      groq: end({ x_groq: { id: 'req_1', usage } }),
      gemini: end({ usage }),
      'llama.cpp': end({ timings: llamaTimings(tokens) }),
    }[dialect]
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: delta(''), model },
      text: { bytes: delta(TRICKY) },
      error: openaiError,
      finish: { bytes: `${last}data: [DONE]\n\n`, ...((includesUsage || dialect !== 'openai') && { tokens, details }) },
    }
  }

  return {
    operation: 'chat',
    path,
    stream,
    refusal: openaiRefusal,
    whole({ model, tokens, body }) {
      const content = body.response_format ? JSON.stringify({ greeting: TEXT }) : TEXT
      const message = { role: 'assistant', content, refusal: null }
      const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }]
      const usage = dialect === 'gemini' ? geminiUsage(tokens) : openaiUsage(tokens)
      return json(
        { ...HEAD, object: 'chat.completion', model, choices, usage },
        { model, tokens, details: detailsOf(dialect) },
      )
    },
  }
}

/** https://platform.openai.com/docs/api-reference/chat, Azure's paths too. */
export const openai = openaiChat(
  /^(?!\/(?:mistral|groq|llama|v1beta)\/).*?(?:\/deployments\/(?<model>[^/]+))?\/chat\/completions$/,
  'openai',
)
/** https://docs.mistral.ai/api: streams always have the usage. */
export const mistral = openaiChat(/^\/mistral\/v1\/chat\/completions$/, 'mistral')
/** https://console.groq.com/docs/api-reference: streams have the usage in `x_groq`. */
export const groq = openaiChat(/^\/groq\/openai\/v1\/chat\/completions$/, 'groq')
/** https://ai.google.dev/gemini-api/docs/openai */
export const gemini = openaiChat(/^\/v1beta\/openai\/chat\/completions$/, 'gemini')
/** https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md: tokens are beside the timings. */
export const llamaCpp = openaiChat(/^\/llama\/v1\/chat\/completions$/, 'llama.cpp')
