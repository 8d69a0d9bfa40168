import assert from 'node:assert/strict'
import { it } from 'node:test'
import { countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

it('counts Snowflake Cortex, whole and streamed', async () => {
  const usage = { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 }
  const call: Script = {
    target: '/api/v2/cortex/inference:complete',
    host: 'org-account.snowflakecomputing.com',
    request: { model: 'claude-sonnet-4-5', messages: [{ content: 'hi' }] },
    status: 200,
    body: { id: 'c', model: 'claude-sonnet-4-5', choices: [{ message: { content: 'hi' } }], usage },
  }
  assert.deepEqual(await countTokens(call), { input: 20, output: 7 })
  assert.deepEqual(await countCall(call), {
    gen_ai_operation_name: 'chat',
    gen_ai_system: 'snowflake',
    gen_ai_request_model: 'claude-sonnet-4-5',
    gen_ai_response_model: 'claude-sonnet-4-5',
    error_type: '',
    usage: 'reported',
  })
  const chunk = (completion_tokens: number) => ({
    choices: [{ delta: { content: 'h' } }],
    usage: { ...usage, completion_tokens },
  })
  assert.deepEqual(await countTokens({ ...call, body: sse(chunk(1), chunk(7)) }), { input: 20, output: 7 })
})
