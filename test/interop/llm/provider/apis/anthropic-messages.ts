import { type Api, EVENT_STREAM, event, json, type Plan, TEXT, type Tokens, TRICKY } from '../api.ts'

export const anthropicRefusal = (status: number) =>
  json({ type: 'error', error: { type: 'some_error', message: `as the test asked for: ${status}` } })

/** Of the input, 100 tokens were written to the cache and 800 read from it; `input_tokens` leaves these out. */
const usageOf = ({ input, output }: Required<Tokens>) => ({
  input_tokens: input - 900,
  cache_creation_input_tokens: 100,
  cache_read_input_tokens: 800,
  output_tokens: output,
})

const ADVISOR = 'claude-advisor-1'
const ADVISOR_TOKENS = { input: 57, output: 5 }

/** Where the context is compacted, and an advisor asked: the first comes on top of the counts, the second is another model's. */
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

/** The events of a stream, which Bedrock frames otherwise. `message_start` tells the input and what is begun of the output. */
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
      // Totals, of the output alone or of all.
      usage: tokens.output % 4 === 0 ? usageOf(tokens) : { output_tokens: tokens.output },
    },
    { type: 'message_stop' },
  ] as Message[],
})

/** https://docs.anthropic.com/en/api/messages; on Vertex the path names the model. */
export const anthropicMessages: Api = {
  operation: 'chat',
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
      ? events.finish.map((one) => (one.type === 'message_delta' ? { ...one, usage: iteratedUsage(tokens) } : one))
      : events.finish
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: bytes(begin), model, tokens: { input: tokens.input, output: 1 } },
      text: { bytes: bytes(text) },
      error: {
        bytes: event({ type: 'error', error: { type: 'overloaded_error', message: 'as asked for' } }, 'error'),
        type: 'overloaded_error',
      },
      finish: { bytes: bytes(finish), tokens, ...(isIterated && { otherTokens: { [ADVISOR]: ADVISOR_TOKENS } }) },
    }
  },
}
