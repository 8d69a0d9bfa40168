import { type Api, json, TEXT, type Tokens, TRICKY } from '../api.ts'
import { eventFrame, exceptionFrame } from '../event-stream-frames.ts'

export const bedrockRefusal = (status: number) =>
  json({ message: `requested by the test: ${status}` }, { headers: { 'x-amzn-errortype': 'SomeException' } })

export const EVENT_FRAMES = 'application/vnd.amazon.eventstream'
export const bedrockError = {
  bytes: exceptionFrame('throttlingException', 'requested by the test'),
  type: 'throttlingException',
}

/** 100 tokens of the input were written to the cache and 800 read from it; `inputTokens` excludes these. */
const usageOf = ({ input, output }: Required<Tokens>) => ({
  inputTokens: input - 900,
  cacheWriteInputTokens: 100,
  cacheReadInputTokens: 800,
  outputTokens: output,
  totalTokens: input + output,
})

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and ConverseStream; responses name no model. */
export const bedrockConverse: Api = {
  operation: 'chat',
  details: { input_cache_read: 800, input_cache_write: 100 },
  path: /^\/model\/(?<model>[^/]+)\/(?<method>converse|converse-stream)$/,
  isStream: ({ path }) => path.method === 'converse-stream',
  refusal: bedrockRefusal,

  whole({ tokens }) {
    const message = { role: 'assistant', content: [{ text: TEXT }] }
    const body = { output: { message }, stopReason: 'end_turn', usage: usageOf(tokens), metrics: { latencyMs: 5 } }
    return json(body, { tokens })
  },

  stream({ tokens }) {
    const finish = [
      eventFrame('contentBlockStop', { contentBlockIndex: 0 }),
      eventFrame('messageStop', { stopReason: 'end_turn' }),
      eventFrame('metadata', { usage: usageOf(tokens), metrics: { latencyMs: 5 } }),
    ]
    return {
      contentType: EVENT_FRAMES,
      begin: { bytes: eventFrame('messageStart', { role: 'assistant' }) },
      text: { bytes: eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: TRICKY } }) },
      error: bedrockError,
      finish: { bytes: Buffer.concat(finish), tokens },
    }
  },
}
