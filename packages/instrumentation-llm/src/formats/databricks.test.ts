import assert from 'node:assert/strict'
import { it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

it('counts a chat with a model that Databricks serves, but no other kind of model', async () => {
  const usage = { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 }
  const call: Script = {
    target: '/serving-endpoints/databricks-claude-sonnet-4-5/invocations',
    host: 'dbc-1.cloud.databricks.com',
    request: { messages: [{ role: 'user', content: 'hi' }] },
    status: 200,
    body: { object: 'chat.completion', model: 'claude-sonnet-4-5', choices: [], usage },
  }
  assert.deepEqual(await countTokens(call), { input: 20, output: 7 })
  assert.deepEqual(await countCall(call), {
    gen_ai_operation_name: 'chat',
    gen_ai_system: 'databricks',
    gen_ai_request_model: 'databricks-claude-sonnet-4-5',
    gen_ai_response_model: 'claude-sonnet-4-5',
    error_type: '',
    usage: 'reported',
  })
  const forecast: Script = { ...call, request: { dataframe_records: [{ a: 1 }] }, body: { predictions: [1] } }
  assert.deepEqual((await count(forecast)).requests, [])
})
