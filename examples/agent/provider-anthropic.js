/** The wire format of Anthropic's Messages API. */

/** @import { Answer, Format } from './provider.js' */

/** Anthropic's `input_tokens` exclude what was read from the cache or written to it. @param {Answer} answer */
const usage = ({ tokens }) => ({
  input_tokens: tokens.input - tokens.cacheRead - tokens.cacheCreation,
  cache_creation_input_tokens: tokens.cacheCreation,
  cache_read_input_tokens: tokens.cacheRead,
  output_tokens: tokens.output,
})

/** @param {Answer} answer */
const envelope = (answer) => ({ id: answer.id, type: 'message', role: 'assistant', model: answer.model })

/** @type {Format} */
export const ANTHROPIC = {
  name: 'anthropic',
  path: '/v1/messages',
  models: { 'claude-haiku-4-5': 'claude-haiku-4-5-20251001', 'claude-sonnet-4-5': 'claude-sonnet-4-5-20250929' },
  failures: {
    400: { type: 'invalid_request_error', message: 'the body is not a request' },
    404: { type: 'not_found_error', message: 'no such model' },
    429: { type: 'rate_limit_error', message: 'too many requests' },
    529: { type: 'overloaded_error', message: 'Overloaded' },
  },

  rateLimit: (model) => ({
    failure: {
      type: 'rate_limit_error',
      message: `This request would exceed the rate limit for your organization (org-demo) of 50 requests per minute for ${model}. For details, refer to: https://docs.claude.com/en/api/rate-limits.`,
    },
    headers: {
      'anthropic-ratelimit-input-tokens-limit': '50000',
      'anthropic-ratelimit-input-tokens-remaining': '49000',
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(Date.now() + 1000).toISOString().replace(/\.\d+/, ''),
      'retry-after': '1',
      // Anthropic does not send this one. Its SDK knows it, and the demo does not wait for a second.
      'retry-after-ms': '10',
      'x-should-retry': 'true',
    },
  }),

  promptOf: (body) => [body.system, ...body.messages.map((/** @type {any} */ m) => m.content)].map(text).join('\n'),
  cachedTextOf: (body) =>
    text(Array.isArray(body.system) ? body.system.filter((/** @type {any} */ block) => block.cache_control) : ''),

  json: (answer) => ({
    ...envelope(answer),
    content: [{ type: 'text', text: answer.words.join('') }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: usage(answer),
  }),

  *events(answer) {
    /** @param {string} type @param {object} fields */
    const event = (type, fields) => ({ event: type, data: JSON.stringify({ type, ...fields }) })
    // The usage in `message_start` already includes the first token.
    const started = { ...answer.tokens, output: 1 }
    const message = {
      ...envelope(answer),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: usage({ ...answer, tokens: started }),
    }
    yield { ...event('message_start', { message }), usage: started }
    yield event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
    yield event('ping', {})
    for (const word of answer.words) {
      const delta = event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: word } })
      yield { ...delta, isWord: true }
    }
    yield event('content_block_stop', { index: 0 })
    const delta = { stop_reason: 'end_turn', stop_sequence: null }
    yield { ...event('message_delta', { delta, usage: usage(answer) }), usage: answer.tokens }
    yield { ...event('message_stop', {}), isLast: true }
  },

  error: ({ message, type }, id) => ({ type: 'error', error: { type, message }, request_id: id }),
}

/** @param {unknown} content a text, or a list of blocks @returns {string} */
function text(content) {
  if (!Array.isArray(content)) return String(content ?? '')
  return content.map((block) => block.text ?? '').join('')
}
