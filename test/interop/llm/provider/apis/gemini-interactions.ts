import { type Api, EVENT_STREAM, event, json, type Plan, TEXT, type Tokens, TRICKY } from '../api.ts'
import { openaiRefusal } from './openai-chat.ts'

/** The tokens of thoughts come on top of those of the output. */
const usageOf = ({ input, output }: Required<Tokens>) => ({
  total_input_tokens: input,
  total_cached_tokens: 512,
  total_output_tokens: output - 7,
  total_thought_tokens: 7,
  total_tokens: input + output,
})

const interaction = ({ model }: Plan, status: string, members: object = {}) => ({
  id: 'interaction-1',
  object: 'interaction',
  model,
  status,
  created: '2026-09-01T00:00:00Z',
  ...members,
})
const completed = (plan: Plan, text: string) => {
  const steps = [{ type: 'model_output', content: [{ type: 'text', text }] }]
  return interaction(plan, 'completed', { steps, usage: usageOf(plan.tokens) })
}

/** https://ai.google.dev/api/interactions-api */
export const geminiInteractions: Api = {
  operation: 'generate_content',
  details: { input_cache_read: 512, output_reasoning: 7 },
  path: /\/interactions$/,
  refusal: openaiRefusal,
  whole: (plan) => json(completed(plan, TEXT), { model: plan.model, tokens: plan.tokens }),

  stream(plan) {
    const of = (event_type: string, members: object) => event({ event_type, ...members }, event_type)
    const error = { code: 'resource_exhausted', message: 'requested by the test' }
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: of('interaction.created', { interaction: interaction(plan, 'in_progress') }), model: plan.model },
      text: { bytes: of('step.delta', { index: 0, delta: { type: 'text', text: TRICKY } }) },
      error: { bytes: of('error', { error }), type: error.code },
      finish: {
        bytes: `${of('interaction.completed', { interaction: completed(plan, TRICKY) })}event: done\ndata: [DONE]\n\n`,
        tokens: plan.tokens,
      },
    }
  },

  background(plan, id, status) {
    const body = { ...(status === 'completed' ? completed(plan, TEXT) : interaction(plan, status)), id }
    return { body, event: { event_type: 'interaction.completed', interaction: body } }
  },
}
