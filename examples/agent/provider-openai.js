/** The wire format of OpenAI's Chat Completions API. */

/** @import { Answer, Failure, Format } from './provider.js' */

/** @param {Answer} answer */
const usage = ({ tokens }) => ({
  prompt_tokens: tokens.input,
  completion_tokens: tokens.output,
  total_tokens: tokens.input + tokens.output,
  prompt_tokens_details: { cached_tokens: tokens.cacheRead },
  completion_tokens_details: { reasoning_tokens: tokens.reasoning },
})

/** @type {Format} */
export const OPENAI = {
  name: 'openai',
  path: '/v1/chat/completions',
  models: { 'gpt-5-mini': 'gpt-5-mini-2025-08-07', 'gpt-4o-mini': 'gpt-4o-mini-2024-07-18' },
  failures: {
    400: { type: 'invalid_request_error', message: 'the body is not a request' },
    404: { type: 'invalid_request_error', code: 'model_not_found', message: 'no such model' },
    429: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'the quota is used up' },
    503: { type: 'server_error', message: 'the engine is overloaded' },
  },

  rateLimit: (model) => ({
    failure: {
      type: 'requests',
      code: 'rate_limit_exceeded',
      message: `Rate limit reached for ${model} in organization org-demo on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 10ms. Visit https://platform.openai.com/account/rate-limits to learn more.`,
    },
    headers: {
      'retry-after': '1',
      'retry-after-ms': '10',
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-remaining-tokens': '199000',
      'x-ratelimit-reset-requests': '10ms',
      'x-ratelimit-reset-tokens': '300ms',
      'x-should-retry': 'true',
    },
  }),

  promptOf: (body) => body.messages.map((/** @type {{ content: unknown }} */ { content }) => text(content)).join('\n'),
  cachedTextOf: (body) => text(body.messages[0]?.content),

  json: (answer) => ({
    id: answer.id,
    object: 'chat.completion',
    created: answer.created,
    model: answer.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer.words.join(''), refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: usage(answer),
    system_fingerprint: null,
  }),

  *events(answer, body) {
    const wanted = body.stream_options?.include_usage === true
    /** @param {object} fields */
    const chunk = (fields) => ({
      data: JSON.stringify({
        id: answer.id,
        object: 'chat.completion.chunk',
        created: answer.created,
        model: answer.model,
        system_fingerprint: null,
        ...fields,
        // With `include_usage`, every chunk has the member `usage`.
        ...(wanted && !('usage' in fields) ? { usage: null } : {}),
      }),
    })
    /** @param {object} delta @param {string | null} finish */
    const choice = (delta, finish = null) => chunk({ choices: [{ index: 0, delta, finish_reason: finish }] })
    yield choice({ role: 'assistant', content: '' })
    for (const word of answer.words) yield { ...choice({ content: word }), isWord: true }
    yield choice({}, 'stop')
    if (wanted) yield { ...chunk({ choices: [], usage: usage(answer) }), usage: answer.tokens }
    yield { data: '[DONE]', isLast: true }
  },

  error: ({ message, type, code = null }) => ({ error: { message, type, param: null, code } }),
}

/** @param {unknown} content a text, or a list of parts */
function text(content) {
  if (!Array.isArray(content)) return String(content ?? '')
  return content.map((part) => part.text ?? '').join('')
}
