import { type Api, EVENT_STREAM, event, json, type Plan, TEXT, TRICKY } from '../api.ts'

const result = ({ model, tokens }: Plan, content: string) => ({
  model_instance_id: model,
  output: [{ type: 'message', content }],
  stats: {
    input_tokens: tokens.input,
    total_output_tokens: tokens.output,
    reasoning_output_tokens: 5,
    tokens_per_second: 43.73,
    time_to_first_token_seconds: 0.781,
  },
  response_id: 'resp_1',
})

/** https://lmstudio.ai/docs/developer/rest/chat and /streaming-events */
export const lmStudioChat: Api = {
  operation: 'chat',
  details: { output_reasoning: 5 },
  path: /^\/lmstudio\/api\/v1\/chat$/,
  refusal: (status) => json({ error: { type: 'invalid_request', message: `requested by the test: ${status}` } }),
  whole: (plan) => json(result(plan, TEXT), { model: plan.model, tokens: plan.tokens }),

  stream(plan) {
    const of = (type: string, members: object) => event({ type, ...members }, type)
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: of('chat.start', { model_instance_id: plan.model }), model: plan.model },
      text: { bytes: of('message.delta', { content: TRICKY }) },
      error: {
        bytes: of('error', { error: { type: 'internal_error', message: 'requested by the test' } }),
        type: 'internal_error',
      },
      finish: { bytes: of('chat.end', { result: result(plan, TRICKY) }), tokens: plan.tokens },
    }
  },
}
