import { type Api, json } from '../api.ts'
import { openaiRefusal } from './openai-chat.ts'

/** https://platform.openai.com/docs/api-reference/decisions */
export const openaiDecisions: Api = {
  operation: 'chat',
  details: { input_cache_read: 512, input_cache_write: 0, output_reasoning: 0 },
  path: /\/v1\/decisions$/,
  refusal: openaiRefusal,
  whole({ model, tokens: { input, output } }) {
    const usage = {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 512, cache_write_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + output,
    }
    const answers = [{ type: 'predicate', name: '"usage": Grüße', probability: 0.9 }]
    return json({ answers, model, usage }, { model, tokens: { input, output } })
  },
}
