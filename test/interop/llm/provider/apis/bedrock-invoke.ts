import { type Api, json, type Plan, TEXT, type Tokens, TRICKY } from '../api.ts'
import { eventFrame } from '../event-stream-frames.ts'
import { anthropicEvents, anthropicMessage } from './anthropic-messages.ts'
import { bedrockError, bedrockRefusal, EVENT_FRAMES } from './bedrock-converse.ts'

/** Bedrock's frame around an event of a vendor, which is in base64, as `bytes`. */
const chunks = (messages: readonly object[]) =>
  Buffer.concat(
    messages.map((message) => eventFrame('chunk', { bytes: Buffer.from(JSON.stringify(message)).toString('base64') })),
  )

/** Meta's models, whose bodies have names of their own for tokens. Bedrock has the tokens in headers as well. */
const llama = ({ tokens: { input, output } }: Plan) => ({
  begin: [{ generation: '', prompt_token_count: input, generation_token_count: 1, stop_reason: null }],
  text: [{ generation: TRICKY, prompt_token_count: null, generation_token_count: 2, stop_reason: null }],
  finish: [{ generation: '', prompt_token_count: null, generation_token_count: output, stop_reason: 'stop' }],
})

const CACHED = { input_cache_read: 800, input_cache_write: 100 }

/** Bedrock's member of the last event of a stream. As in the headers, the input excludes tokens read from or written to caches. */
const metrics = ({ input, output }: Required<Tokens>, isAnthropic: boolean) => ({
  inputTokenCount: isAnthropic ? input - 900 : input,
  outputTokenCount: output,
  ...(isAnthropic && { cacheReadInputTokenCount: 800, cacheWriteInputTokenCount: 100 }),
  invocationLatency: 5,
  firstByteLatency: 2,
})

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html and its stream. */
export const bedrockInvoke: Api = {
  operation: 'chat',
  path: /^\/model\/(?<model>[^/]+)\/(?<method>invoke|invoke-with-response-stream)$/,
  isStream: ({ path }) => path.method === 'invoke-with-response-stream',
  refusal: bedrockRefusal,

  whole({ path, model, tokens }) {
    const isAnthropic = isOfAnthropic(path.model)
    const counts = metrics(tokens, isAnthropic)
    const headers = {
      'x-amzn-bedrock-input-token-count': String(counts.inputTokenCount),
      'x-amzn-bedrock-output-token-count': String(counts.outputTokenCount),
      ...(isAnthropic && {
        'x-amzn-bedrock-cache-read-input-token-count': String(counts.cacheReadInputTokenCount),
        'x-amzn-bedrock-cache-write-input-token-count': String(counts.cacheWriteInputTokenCount),
      }),
      'x-amzn-bedrock-invocation-latency': '5',
    }
    if (isAnthropic)
      return json(anthropicMessage(model, tokens), {
        model,
        tokens,
        details: CACHED,
        headers,
        tokensAreInHeaders: true,
      })
    const { input, output } = tokens
    const body = { generation: TEXT, prompt_token_count: input, generation_token_count: output, stop_reason: 'stop' }
    return json(body, { tokens, headers, tokensAreInHeaders: true })
  },

  stream(plan) {
    const { model, tokens, path } = plan
    const isAnthropic = isOfAnthropic(path.model)
    const { begin, text, finish } = isAnthropic ? anthropicEvents(plan) : llama(plan)
    const last = { ...finish.at(-1), 'amazon-bedrock-invocationMetrics': metrics(tokens, isAnthropic) }
    return {
      contentType: EVENT_FRAMES,
      begin: {
        bytes: chunks(begin),
        ...(isAnthropic && { model, tokens: { input: tokens.input, output: 1 }, details: CACHED }),
      },
      text: { bytes: chunks(text) },
      error: bedrockError,
      finish: { bytes: chunks([...finish.slice(0, -1), last]), tokens, ...(isAnthropic && { details: CACHED }) },
    }
  },
}

const isOfAnthropic = (model: string | undefined) => model?.startsWith('anthropic.') === true
