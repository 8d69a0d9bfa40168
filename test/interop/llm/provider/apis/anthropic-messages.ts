import { type Api, EVENT_STREAM, event, json, type Plan, TEXT, type Tokens, TRICKY } from '../api.ts'

export const anthropicRefusal = (status: number) =>
  json({ type: 'error', error: { type: 'some_error', message: `requested by the test: ${status}` } })

/** 100 tokens of the input were written to the cache and 800 read from it; `input_tokens` excludes these. */
const usageOf = ({ input, output }: Required<Tokens>) => ({
  input_tokens: input - 900,
  cache_creation_input_tokens: 100,
  cache_read_input_tokens: 800,
  output_tokens: output,
})

const ADVISOR = 'claude-advisor-1'
const ADVISOR_TOKENS = { input: 57, output: 5, details: { input_cache_read: 0, input_cache_write: 0 } }

/** The usage of a call that compacts the context and uses an advisor: the compaction's tokens come on top of the counts, and the advisor's are another model's. */
function iteratedUsage({ input, output }: Required<Tokens>) {
  const message = usageOf({ input: input - 40, output: output - 3 })
  const none = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
  const iterations = [
    { type: 'compaction', ...none, input_tokens: 38, cache_read_input_tokens: 2, output_tokens: 3 },
    { type: 'advisor_message', model: ADVISOR, ...none, input_tokens: 57, output_tokens: 5 },
    { type: 'message', ...message },
  ]
  return { ...message, iterations }
}

const message = (model: string, content: object[], usage: object) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content,
  stop_reason: content.length > 0 ? 'end_turn' : null,
  stop_sequence: null,
  usage,
})

export const anthropicMessage = (model: string, tokens: Required<Tokens>) =>
  message(model, [{ type: 'text', text: TEXT }], usageOf(tokens))

type Message = { readonly type: string } & Readonly<Record<string, unknown>>

/** The events of a stream, which Bedrock frames differently. `message_start` has the input and the output so far. */
export const anthropicEvents = ({ model, tokens }: Plan) => ({
  begin: [
    { type: 'message_start', message: message(model, [], usageOf({ ...tokens, output: 1 })) },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
  ] as Message[],
  text: [{ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: TRICKY } }] as Message[],
  finish: [
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      // The usage has totals of the output alone, or of everything.
      usage: tokens.output % 4 === 0 ? usageOf(tokens) : { output_tokens: tokens.output },
    },
    { type: 'message_stop' },
  ] as Message[],
})

/** https://docs.anthropic.com/en/api/messages; on Vertex the path names the model. */
export const anthropicMessages: Api = {
  operation: 'chat',
  details: { input_cache_read: 800, input_cache_write: 100 },
  path: /\/v1\/messages$|\/publishers\/anthropic\/models\/(?<model>[^/:]+):(?:stream)?[rR]awPredict$/,
  refusal: anthropicRefusal,
  whole({ model, tokens, body }) {
    if (!body.context_management) return json(anthropicMessage(model, tokens), { model, tokens })
    const whole = { ...anthropicMessage(model, tokens), usage: iteratedUsage(tokens) }
    return json(whole, { model, tokens, otherTokens: { [ADVISOR]: ADVISOR_TOKENS } })
  },

  stream(plan) {
    const events = anthropicEvents(plan)
    const bytes = (messages: readonly Message[]) => messages.map((data) => event(data, data.type)).join('')
    const { model, tokens, body } = plan
    const isIterated = Boolean(body.context_management)
    const { begin, text } = events
    const finish = isIterated
      ? events.finish.map((message) =>
          message.type === 'message_delta' ? { ...message, usage: iteratedUsage(tokens) } : message,
        )
      : events.finish
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: bytes(begin), model, tokens: { input: tokens.input, output: 1 } },
      text: { bytes: bytes(text) },
      error: {
        bytes: event({ type: 'error', error: { type: 'overloaded_error', message: 'requested by the test' } }, 'error'),
        type: 'overloaded_error',
      },
      finish: { bytes: bytes(finish), tokens, ...(isIterated && { otherTokens: { [ADVISOR]: ADVISOR_TOKENS } }) },
    }
  },
}
