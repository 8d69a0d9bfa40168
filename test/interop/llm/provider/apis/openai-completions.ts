import { type Api, EVENT_STREAM, event, json, TEXT, TRICKY } from '../api.ts'
import { openaiDetails, openaiError, openaiRefusal, openaiUsage } from './openai-chat.ts'

/** https://platform.openai.com/docs/api-reference/completions */
export const openaiCompletions: Api = {
  operation: 'text_completion',
  details: openaiDetails,
  path: /(?<!\/chat)\/completions$/,
  refusal: openaiRefusal,

  whole({ model, tokens }) {
    const choices = [{ index: 0, text: TEXT, finish_reason: 'stop', logprobs: null }]
    return json({ ...HEAD, model, choices, usage: openaiUsage(tokens) }, { model, tokens })
  },

  stream({ model, tokens, body }) {
    const includesUsage = body.stream_options?.include_usage === true
    const chunk = (members: object) => event({ ...HEAD, model, ...(includesUsage && { usage: null }), ...members })
    const text = (content: string, finish_reason: string | null = null) =>
      chunk({ choices: [{ index: 0, text: content, finish_reason, logprobs: null }] })
    const usage = includesUsage ? chunk({ choices: [], usage: openaiUsage(tokens) }) : ''
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: text(''), model },
      text: { bytes: text(TRICKY) },
      error: openaiError,
      finish: { bytes: `${text('', 'stop')}${usage}data: [DONE]\n\n`, ...(includesUsage && { tokens }) },
    }
  },
}

const HEAD = { id: 'cmpl-1', object: 'text_completion', created: 1_790_000_000 }
