import { type Api, EVENT_STREAM, event, json, type Tokens, TRICKY } from '../api.ts'
import { openaiRefusal } from './openai-chat.ts'

const usageOf = ({ input, output }: Required<Tokens>) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
})

const run = (model: string) => ({
  id: 'run_1',
  object: 'thread.run',
  created_at: 1_790_000_000,
  assistant_id: 'asst_1',
  thread_id: 'thread_1',
  status: 'queued',
  last_error: null as object | null,
  model,
  instructions: 'says "object":"thread.run"',
  tools: [],
  usage: null as object | null,
})

const last_error = { code: 'server_error', message: 'requested by the test' }

/** https://platform.openai.com/docs/api-reference/runs: one that is not streamed is polled. */
export const openaiAssistants: Api = {
  operation: 'chat',
  path: /\/v1\/threads\/[^/]+\/runs$/,
  refusal: openaiRefusal,
  isBackground: ({ body }) => body.stream !== true,
  whole: ({ model }) => json(run(model), { model }),

  background({ model, tokens }, id, status) {
    const ended = {
      ...(status === 'completed' && { usage: usageOf(tokens) }),
      ...(status === 'failed' && { last_error }),
    }
    return { body: { ...run(model), ...ended, id, status }, event: {} }
  },
  backgroundError: last_error.code,

  stream({ model, tokens }) {
    const of = (name: string, members: object) => event({ ...run(model), ...members }, name)
    const step = {
      id: 'step_1',
      object: 'thread.run.step',
      status: 'completed',
      usage: usageOf({ input: 1, output: 1 }),
    }
    const delta = { content: [{ index: 0, type: 'text', text: { value: TRICKY } }] }
    const finish = [
      event(step, 'thread.run.step.completed'),
      of('thread.run.completed', { status: 'completed', usage: usageOf(tokens) }),
      event('[DONE]', 'done'),
    ]
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: of('thread.run.created', {}) + of('thread.run.in_progress', { status: 'in_progress' }), model },
      text: { bytes: event({ id: 'msg_1', object: 'thread.message.delta', delta }, 'thread.message.delta') },
      error: { bytes: of('thread.run.failed', { status: 'failed', last_error }), type: 'server_error' },
      finish: { bytes: finish.join(''), tokens },
    }
  },
}
