import { type Api, EVENT_STREAM, event, json, TEXT, TRICKY } from '../api.ts'

const refusal = (status: number) =>
  json({
    success: false,
    errors: [{ code: 7003, message: `requested by the test: ${status}` }],
    messages: [],
    result: null,
  })

/** https://developers.cloudflare.com/workers-ai/get-started/rest-api; responses name no model. */
export const cloudflareWorkersAi: Api = {
  operation: 'generate_content',
  path: /\/accounts\/[^/]+\/ai\/run\/(?<model>@cf\/.+)$/,
  refusal,

  whole({ tokens }) {
    const result = { response: TEXT, tool_calls: [], usage: usageOf(tokens.input, tokens.output) }
    return json({ success: true, errors: [], messages: [], result }, { tokens })
  },

  stream({ tokens }) {
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: event({ response: '' }) },
      text: { bytes: event({ response: TRICKY, p: 'abc' }) },
      error: { bytes: event({ errors: [{ code: 3040, message: 'requested by the test' }] }), type: '3040' },
      finish: {
        bytes: event({ response: '', usage: usageOf(tokens.input, tokens.output) }) + event('[DONE]'),
        tokens,
      },
    }
  },
}

const usageOf = (prompt_tokens: number, completion_tokens: number) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
})
