import { type Api, EVENT_STREAM, event, json, TEXT, type Tokens, TRICKY } from '../api.ts'
import { openaiRefusal } from './openai-chat.ts'

const usageOf = ({ input, output }: Required<Tokens>) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: 512, cache_write_tokens: 0 },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: 7 },
  total_tokens: input + output,
})

const BACKGROUND_ERROR = 'server_error'

/** https://platform.openai.com/docs/api-reference/responses, and its streaming events. */
export const openaiResponses: Api = {
  operation: 'chat',
  details: { input_cache_read: 512, input_cache_write: 0, output_reasoning: 7 },
  path: /\/responses$/,
  refusal: openaiRefusal,

  whole({ model, tokens, body }) {
    const text = body.text?.format?.type === 'json_schema' ? JSON.stringify({ greeting: TEXT }) : TEXT
    return json({ ...response(model), ...done(text), usage: usageOf(tokens) }, { model, tokens })
  },

  stream({ model, tokens }) {
    let sequence_number = 0
    const part = { output_index: 0, content_index: 0, item_id: 'msg_1' }
    const of = (type: string, members: object) => event({ type, sequence_number: sequence_number++, ...members }, type)
    const snapshot = (type: string, members: object) => of(type, { response: { ...response(model), ...members } })
    const begin = [
      snapshot('response.created', {}),
      snapshot('response.in_progress', {}),
      of('response.output_item.added', { output_index: 0, item: { ...item(''), status: 'in_progress', content: [] } }),
      of('response.content_part.added', { ...part, part: outputText('') }),
    ]
    const text = of('response.output_text.delta', { ...part, delta: TRICKY, logprobs: [] })
    const finish = [
      of('response.output_text.done', { ...part, text: TRICKY, logprobs: [] }),
      of('response.content_part.done', { ...part, part: outputText(TRICKY) }),
      of('response.output_item.done', { output_index: 0, item: item(TRICKY) }),
      snapshot('response.completed', { ...done(TRICKY), usage: usageOf(tokens) }),
    ]
    const error = { code: 'server_error', message: 'requested by the test' }
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: begin.join(''), model },
      text: { bytes: text },
      error: { bytes: snapshot('response.failed', { status: 'failed', error }), type: 'server_error' },
      finish: { bytes: finish.join(''), tokens },
    }
  },

  background({ model, tokens }, id, status) {
    const ended = {
      completed: { ...done(TEXT), usage: usageOf(tokens) },
      failed: { error: { code: BACKGROUND_ERROR, message: 'requested by the test' } },
    }[status as string]
    const body = { ...response(model), ...ended, id, background: true, status }
    return { body, event: { type: `response.${status === 'queued' ? 'created' : status}`, response: body } }
  },
  backgroundError: BACKGROUND_ERROR,
}

const response = (model: string) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_790_000_000,
  status: 'in_progress',
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model,
  output: [] as object[],
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  usage: null,
})

const outputText = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })
const item = (text: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [outputText(text)],
})
const done = (text: string) => ({ status: 'completed', output: [item(text)] })
