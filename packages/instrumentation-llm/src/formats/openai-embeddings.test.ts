import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
const call = (target: string, script: Partial<Script>): Script => ({
  target,
  request: { model: 'm', input: 'hi' },
  status: 200,
  ...script,
})

describe('OpenAI embeddings', () => {
  const body = (usage: object) => ({ object: 'list', data: [{ embedding: [0.1] }], model: 'm-1', usage })

  it('counts the input of embeddings, even if only the total is reported', async () => {
    for (const reported of [{ prompt_tokens: 8, total_tokens: 8 }, { total_tokens: 8 }]) {
      const script = call('/v1/embeddings', { body: body(reported) })
      assert.deepEqual(await countTokens(script), { input: 8 })
      assert.equal((await countCall(script)).gen_ai_operation_name, 'embeddings')
    }
  })

  it('counts no output of embeddings, though Mistral reports zero', async () => {
    assert.deepEqual(await countTokens(call('/v1/embeddings', { body: body({ ...usage, completion_tokens: 0 }) })), {
      input: 5,
    })
  })
})
