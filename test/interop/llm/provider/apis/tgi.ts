import { type Api, EVENT_STREAM, event, json, TEXT, TRICKY } from '../api.ts'

/** https://huggingface.github.io/text-generation-inference: a server has one model, which neither side names. */
export const tgi: Api = {
  operation: 'text_completion',
  path: /^\/tgi\/generate(?<stream>_stream)?$/,
  modelOf: () => 'unknown',
  behaviourOf: () => 'respond',
  isStream: ({ path }) => path.stream !== undefined,
  refusal: (status) => json({ error: `requested by the test: ${status}`, error_type: 'validation' }),

  whole({ tokens }) {
    const details = { finish_reason: 'length', generated_tokens: tokens.output, seed: null, prefill: [], tokens: [] }
    const headers = { 'x-prompt-tokens': String(tokens.input), 'x-generated-tokens': String(tokens.output) }
    return json({ generated_text: TEXT, details }, { headers, tokens })
  },

  stream({ tokens: { output } }) {
    const message = (text: string, members: object = {}) =>
      event({ index: 1, token: { id: 1, text, special: false }, generated_text: null, details: null, ...members })
    const details = { finish_reason: 'eos_token', generated_tokens: output, seed: null }
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: message('') },
      text: { bytes: message(TRICKY) },
      error: { bytes: event({ error: 'requested by the test', error_type: 'generation' }), type: 'generation' },
      // No stream has the input's tokens.
      finish: { bytes: message('', { generated_text: TEXT, details }), tokens: { output } },
    }
  },
}
