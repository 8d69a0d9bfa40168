import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
const call = (target: string, script: Partial<Script>): Script => ({
  target,
  request: { model: 'm', prompt: 'hi' },
  status: 200,
  ...script,
})

describe('OpenAI completions', () => {
  const body = { id: 'cmpl-1', object: 'text_completion', model: 'm-1', choices: [{ text: 'x', index: 0 }], usage }

  it('counts a text completion, whole and streamed', async () => {
    const stream = sse({ ...body, usage: null }, { ...body, choices: [] }, '[DONE]')
    for (const script of [{ body }, { body: stream }]) {
      assert.deepEqual(await countCall(call('/v1/completions', script)), {
        gen_ai_operation_name: 'text_completion',
        gen_ai_system: 'custom',
        gen_ai_request_model: 'm',
        gen_ai_response_model: 'm-1',
        error_type: '',
        usage: 'reported',
      })
      assert.deepEqual(await countTokens(call('/v1/completions', script)), { input: 5, output: 7 })
    }
  })

  it('counts Mistral FIM as a text completion, and Mistral agents as chat', async () => {
    const operation = async (target: string) => (await countCall(call(target, { body }))).gen_ai_operation_name
    assert.equal(await operation('/v1/fim/completions'), 'text_completion')
    assert.equal(await operation('/openai/deployments/d/completions'), 'text_completion')
    assert.equal(await operation('/v1/agents/completions'), 'chat')
    const vertex = '/v1/projects/p/locations/l/publishers/mistralai/models/codestral:streamRawPredict'
    assert.equal(await operation(vertex), 'chat')
    const agent = call('/v1/agents/completions', { request: { agent_id: 'a' }, host: 'api.mistral.ai', body })
    assert.equal((await countCall(agent)).gen_ai_request_model, 'unknown')
  })

  it('does not count completions of another API', async () => {
    const form = call('/v1/completions', { request: { course: 1 }, body: {} })
    assert.deepEqual((await count(form)).requests, [])
  })
})
