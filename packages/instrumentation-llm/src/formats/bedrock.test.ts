import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { awsMessage } from '../../../wire/src/bodies/aws-event-stream.test-support.ts'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

const host = 'bedrock-runtime.us-east-1.amazonaws.com'
const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const path = `/model/${encodeURIComponent(model)}`
const usage = {
  inputTokens: 30,
  outputTokens: 628,
  totalTokens: 658,
  cacheReadInputTokens: 200,
  cacheWriteInputTokens: 1000,
  cacheDetails: [],
}
const call = (script: Partial<Script>): Script => ({
  target: `${path}/converse`,
  host,
  request: { messages: [] },
  status: 200,
  ...script,
})
const event = (type: string, payload: object) =>
  awsMessage({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, json(payload))
const exception = (type: string) =>
  awsMessage({ ':exception-type': type, ':message-type': 'exception' }, json({ message: 'slow down' }))
const json = (payload: object) => JSON.stringify(payload)
const stream = (...parts: Buffer[]) => ({
  body: Buffer.concat(parts),
  contentType: 'application/vnd.amazon.eventstream',
})
const labels = {
  gen_ai_operation_name: 'chat',
  gen_ai_system: 'aws.bedrock',
  gen_ai_request_model: model,
  gen_ai_response_model: 'unknown',
  error_type: '',
  usage: 'reported',
}
const total = { input: 1230, output: 628 }

describe('Bedrock Converse', () => {
  const delta = event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'grüße "usage" 漢字' } })
  const metadata = event('metadata', { metrics: { latencyMs: 1 }, usage, p: 'abc' })

  it('counts a whole Converse response, with the cache as input', async () => {
    const body = { output: { message: { role: 'assistant', content: [] } }, stopReason: 'end_turn', usage, metrics: {} }
    assert.deepEqual(await countCall(call({ body })), labels)
    assert.deepEqual(await countTokens(call({ body })), total)
  })

  it('counts a Converse stream, however its bytes are cut', async () => {
    const response = stream(event('messageStart', { role: 'assistant' }), delta, event('messageStop', {}), metadata)
    const target = `${path}/converse-stream`
    for (let chunkBytes = 1; chunkBytes <= response.body.length; chunkBytes++) {
      assert.deepEqual(await countTokens(call({ target, ...response, chunkBytes })), total)
    }
    assert.deepEqual(await countCall(call({ target, ...response, outcome: 'aborted' })), labels)
  })

  it('has the exception of a Converse stream, and aborted for one that is abandoned', async () => {
    const target = `${path}/converse-stream`
    const failed = await countCall(call({ target, ...stream(delta, exception('throttlingException')) }))
    assert.deepEqual([failed.error_type, failed.usage], ['throttlingException', 'missing'])
    const abandoned = await countCall(call({ target, ...stream(delta), outcome: 'aborted' }))
    assert.deepEqual([abandoned.error_type, abandoned.usage], ['aborted', 'missing'])
  })

  it('has an inference profile as the model', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0'
    const script = call({ target: `/model/${encodeURIComponent(arn)}/converse`, body: { usage } })
    assert.equal((await countCall(script)).gen_ai_request_model, arn)
  })

  it('counts no other Bedrock path', async () => {
    const others = ['/count-tokens', '/async-invoke', '', '/converse/x'].map((end) => call({ target: `${path}${end}` }))
    assert.deepEqual((await count(...others, call({ target: '/guardrail/x/version/1/apply' }))).requests, [])
  })
})

describe('Bedrock InvokeModel', () => {
  const responseHeaders = {
    'x-amzn-bedrock-input-token-count': '30',
    'x-amzn-bedrock-output-token-count': '628',
    'x-amzn-bedrock-cache-read-input-token-count': '200',
    'x-amzn-bedrock-cache-write-input-token-count': '1000',
  }
  const anthropicUsage = {
    input_tokens: 30,
    output_tokens: 628,
    cache_read_input_tokens: 200,
    cache_creation_input_tokens: 1000,
  }
  const message = { type: 'message', model: 'claude-sonnet-4-5', content: [], usage: anthropicUsage }
  const target = `${path}/invoke`

  it('counts InvokeModel by its headers, its body or both', async () => {
    for (const script of [
      { responseHeaders, body: { outputs: [] } },
      { responseHeaders, body: message },
      { body: message },
    ]) {
      assert.deepEqual(await countTokens(call({ target, ...script })), total)
    }
    assert.equal((await countCall(call({ target, body: message }))).gen_ai_response_model, message.model)
  })

  it('counts InvokeModel by the bodies of other vendors', async () => {
    for (const body of [
      { generation: 'x', prompt_token_count: 5, generation_token_count: 7 },
      { usage: { inputTokens: 5, outputTokens: 7 } },
      { choices: [], usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } },
    ]) {
      assert.deepEqual(await countTokens(call({ target, body })), { input: 5, output: 7 })
    }
  })

  it('counts an InvokeModel stream by its metrics', async () => {
    const chunk = (payload: object) =>
      event('chunk', { bytes: Buffer.from(json(payload)).toString('base64'), p: 'abcdef' })
    const metrics = {
      inputTokenCount: 30,
      outputTokenCount: 628,
      invocationLatency: 1,
      firstByteLatency: 1,
      cacheReadInputTokenCount: 200,
      cacheWriteInputTokenCount: 1000,
    }
    const response = stream(
      chunk({ type: 'message_start', message: { model: 'claude-sonnet-4-5', usage: { input_tokens: 1 } } }),
      chunk({ type: 'content_block_delta', delta: { text: 'grüße' } }),
      chunk({ type: 'message_stop', 'amazon-bedrock-invocationMetrics': metrics }),
    )
    const script = call({ target: `${path}/invoke-with-response-stream`, ...response, outcome: 'aborted' })
    assert.deepEqual(await countTokens(script), total)
    assert.deepEqual(await countCall(script), { ...labels, gen_ai_response_model: 'claude-sonnet-4-5' })
  })

  it('counts InvokeModel as an embedding by the name of its model', async () => {
    const embed = '/model/amazon.titan-embed-text-v2%3A0/invoke'
    const script = call({ target: embed, responseHeaders: { 'x-amzn-bedrock-input-token-count': '4' }, body: {} })
    assert.equal((await countCall(script)).gen_ai_operation_name, 'embeddings')
    assert.deepEqual(await countTokens(script), { input: 4 })
  })
})
