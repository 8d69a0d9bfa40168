import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { awsMessage } from '../../../wire/src/bodies/aws-event-stream.test-support.ts'
import { countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

const event = (value: object) => {
  const bytes = Buffer.from(JSON.stringify({ event: value })).toString('base64')
  const headers = { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' }
  return awsMessage(headers, JSON.stringify({ bytes, p: 'abc' }))
}
const usage = (totalInputTokens: number, totalOutputTokens: number) => {
  const total = { input: { speechTokens: totalInputTokens, textTokens: 0 }, output: { speechTokens: 1, textTokens: 1 } }
  const details = { delta: { input: { speechTokens: 5 }, output: {} }, total }
  const totalTokens = totalInputTokens + totalOutputTokens
  return event({ usageEvent: { completionId: 'c', details, totalInputTokens, totalOutputTokens, totalTokens } })
}
const started = event({ completionStart: { completionId: 'c' } })
const text = event({ textOutput: { content: 'says "usageEvent": 漢字', role: 'ASSISTANT' } })
const ended = event({ completionEnd: { completionId: 'c', stopReason: 'END_TURN' } })
const call = (...parts: Buffer[]): Script => ({
  target: '/model/amazon.nova-2-sonic-v1%3A0/invoke-with-bidirectional-stream',
  host: 'bedrock-runtime.us-east-1.amazonaws.com',
  // The app sends audio.
  request: new Uint8Array(100),
  status: 200,
  contentType: 'application/vnd.amazon.eventstream',
  body: Buffer.concat(parts),
})

describe("Bedrock's bidirectional stream", () => {
  it('counts the last totals of a Nova Sonic conversation, however its bytes are cut', async () => {
    const script = call(started, usage(10, 0), text, usage(25, 40), ended, started, usage(60, 90), ended)
    for (let chunkBytes = 1; chunkBytes <= 300; chunkBytes++) {
      assert.deepEqual(await countTokens({ ...script, chunkBytes }), { input: 60, output: 90 })
    }
    assert.deepEqual(await countCall({ ...script, outcome: 'aborted' }), {
      gen_ai_operation_name: 'generate_content',
      gen_ai_system: 'aws.bedrock',
      gen_ai_request_model: 'amazon.nova-2-sonic-v1:0',
      gen_ai_response_model: 'unknown',
      error_type: '',
      usage: 'reported',
    })
  })

  it('counts a Nova Sonic conversation that the app leaves during a turn as aborted, with the totals by then', async () => {
    const script: Script = { ...call(started, usage(25, 40), ended, started, usage(60, 70), text), outcome: 'aborted' }
    assert.equal((await countCall(script)).error_type, 'aborted')
    assert.deepEqual(await countTokens(script), { input: 60, output: 70 })
  })

  it('has the exception that ends a Nova Sonic conversation', async () => {
    const headers = { ':exception-type': 'modelTimeoutException', ':message-type': 'exception' }
    const script = call(started, awsMessage(headers, JSON.stringify({ message: 'Timed out' })))
    assert.equal((await countCall(script)).error_type, 'modelTimeoutException')
  })
})
