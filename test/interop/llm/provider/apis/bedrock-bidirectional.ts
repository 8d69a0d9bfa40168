import { once } from 'node:events'
import { type Api, TRICKY } from '../api.ts'
import { eventFrame } from '../event-stream-frames.ts'
import { bedrockError, bedrockRefusal, EVENT_FRAMES } from './bedrock-converse.ts'

const chunk = (name: string, members: object) =>
  eventFrame('chunk', {
    bytes: Buffer.from(JSON.stringify({ event: { [name]: { completionId: 'c', ...members } } })).toString('base64'),
  })

/** The totals of the session so far, and the tokens since the last event. */
const usage = (totalInputTokens: number, totalOutputTokens: number) =>
  chunk('usageEvent', {
    details: {
      delta: { input: { speechTokens: 5, textTokens: 1 }, output: { speechTokens: 3, textTokens: 1 } },
      total: {
        input: { speechTokens: totalInputTokens, textTokens: 0 },
        output: { speechTokens: totalOutputTokens, textTokens: 0 },
      },
    },
    totalInputTokens,
    totalOutputTokens,
    totalTokens: totalInputTokens + totalOutputTokens,
  })

/** https://docs.aws.amazon.com/nova/latest/userguide/output-events.html; the response begins while the client still sends. */
export const bedrockBidirectional: Api = {
  operation: 'generate_content',
  isBidirectional: true,
  path: /^\/model\/(?<model>[^/]+)\/invoke-with-bidirectional-stream$/,
  isStream: () => true,
  async readBody(request) {
    await once(request, 'data')
    request.resume()
    return {}
  },
  refusal: bedrockRefusal,

  whole() {
    throw new Error('it always streams')
  },

  stream({ tokens: { input, output } }) {
    return {
      contentType: EVENT_FRAMES,
      begin: { bytes: chunk('completionStart', { sessionId: 's' }) },
      text: { bytes: chunk('textOutput', { role: 'ASSISTANT', content: TRICKY }) },
      error: bedrockError,
      finish: {
        bytes: Buffer.concat([
          usage(input - 10, 0),
          usage(input, output - 4),
          usage(input, output),
          chunk('completionEnd', { stopReason: 'END_TURN' }),
        ]),
        tokens: { input, output },
      },
    }
  },
}
