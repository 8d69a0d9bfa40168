import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { ndjson } from './streams.test-support.ts'

const call = (target: string, script: Partial<Script>): Script => ({
  target,
  host: '127.0.0.1:11434',
  request: { model: 'llama3.3', prompt: 'hi', messages: [], input: 'hi' },
  status: 200,
  ...script,
})
const part = (members: object) => ({ model: 'llama3.3', created_at: '2026-11-24T00:00:00Z', done: false, ...members })
const last = part({ done: true, done_reason: 'stop', prompt_eval_count: 26, eval_count: 298, eval_duration: 5 })
const lines = 'application/x-ndjson'

describe('Ollama', () => {
  for (const [target, operation, text] of [
    ['/api/chat', 'chat', { message: { role: 'assistant', content: 'grüße "done": true 漢字' } }],
    ['/api/generate', 'text_completion', { response: 'grüße' }],
  ] as const) {
    it(`counts Ollama at ${target}, whole and in lines, however the bytes are cut`, async () => {
      assert.deepEqual(await countCall(call(target, { body: { ...last, ...text } })), {
        gen_ai_operation_name: operation,
        gen_ai_system: 'ollama',
        gen_ai_request_model: 'llama3.3',
        gen_ai_response_model: 'llama3.3',
        error_type: '',
        usage: 'reported',
      })
      const body = ndjson(part(text), part(text), last)
      for (let chunkBytes = 1; chunkBytes <= body.length; chunkBytes++) {
        const script = call(target, { body, contentType: lines, chunkBytes, outcome: 'aborted' })
        assert.deepEqual(await countTokens(script), { input: 26, output: 298 })
      }
    })
  }

  it('counts embeddings of Ollama', async () => {
    const script = call('/api/embed', { body: { model: 'all-minilm', embeddings: [[0.1]], prompt_eval_count: 8 } })
    assert.deepEqual(await countTokens(script), { input: 8 })
    assert.equal((await countCall(script)).gen_ai_operation_name, 'embeddings')
  })

  it('has the error in the lines of Ollama, and aborted for a stream that is abandoned', async () => {
    const failed = call('/api/chat', { body: ndjson(part({}), { error: 'out of memory' }), contentType: lines })
    assert.equal((await countCall(failed)).error_type, 'unknown')
    const abandoned = call('/api/chat', { body: ndjson(part({})), contentType: lines, outcome: 'aborted' })
    const { error_type, usage } = await countCall(abandoned)
    assert.deepEqual([error_type, usage], ['aborted', 'missing'])
  })
})
