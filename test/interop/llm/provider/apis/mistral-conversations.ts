import { type Api, EVENT_STREAM, event, json, TEXT, type Tokens, TRICKY } from '../api.ts'
import { openaiRefusal } from './openai-chat.ts'

/** 40 tokens of the input came from connectors. */
const usageOf = ({ input, output }: Required<Tokens>) => ({
  prompt_tokens: input - 40,
  completion_tokens: output,
  total_tokens: input + output,
  connector_tokens: 40,
  connectors: { web_search: 1 },
})

const created_at = '2026-09-01T00:00:00.000Z'

/** https://docs.mistral.ai/api/endpoint/beta/conversations; what goes on with one names no model, so its id says what is done. */
export const mistralConversations: Api = {
  operation: 'chat',
  path: /^\/mistral\/v1\/conversations(?:\/(?<id>[^/]+)(?:\/restart)?)?$/,
  modelOf: ({ body }) => body.model ?? 'unknown',
  behaviourOf: ({ path, body }) => path.id ?? body.model,
  refusal: openaiRefusal,

  whole({ model, tokens }) {
    const entry = { object: 'entry', created_at, completed_at: created_at }
    const outputs = [
      { ...entry, type: 'tool.execution', id: 'tool_1', name: 'web_search', arguments: '{"query":"Grüße"}', info: {} },
      { ...entry, type: 'message.output', id: 'msg_1', role: 'assistant', content: TEXT, model },
    ]
    const body = { object: 'conversation.response', conversation_id: 'conv_1', outputs, usage: usageOf(tokens) }
    return json(body, { model, tokens })
  },

  stream({ model, tokens }) {
    const of = (type: string, members: object) => event({ type, created_at, ...members }, type)
    const message = { id: 'msg_1', output_index: 0, content_index: 0, role: 'assistant', model }
    return {
      contentType: EVENT_STREAM,
      begin: {
        bytes:
          of('conversation.response.started', { conversation_id: 'conv_1' }) +
          of('message.output.delta', { ...message, content: '' }),
        model,
      },
      text: { bytes: of('message.output.delta', { ...message, content: TRICKY }) },
      error: {
        bytes: of('conversation.response.error', { message: 'requested by the test', code: 3000 }),
        type: '3000',
      },
      finish: { bytes: of('conversation.response.done', { usage: usageOf(tokens) }), tokens },
    }
  },
}
