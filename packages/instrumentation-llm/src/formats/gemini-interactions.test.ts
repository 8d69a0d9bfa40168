import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const call = (script: Partial<Script>): Script => ({
  target: '/v1beta/interactions',
  request: { model: 'gemini-3-pro', input: 'hi' },
  status: 200,
  ...script,
})

describe('Gemini interactions', () => {
  const usage = {
    total_input_tokens: 100,
    total_cached_tokens: 60,
    total_output_tokens: 30,
    total_thought_tokens: 12,
    total_tool_use_tokens: 8,
    total_tokens: 150,
  }
  const interaction = { id: 'i', model: 'gemini-3-pro', status: 'completed', steps: [], usage }

  it('counts a Gemini interaction, whole and streamed', async () => {
    const created = {
      event_type: 'interaction.created',
      interaction: { id: 'i', model: 'gemini-3-pro', status: 'queued' },
    }
    const step = { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'x' } }
    const stream = sse(created, step, { event_type: 'interaction.completed', interaction })
    for (const script of [call({ body: interaction }), call({ body: stream, outcome: 'aborted' })]) {
      assert.deepEqual(await countTokens(script), { input: 108, output: 42 })
      assert.equal((await countCall(script)).gen_ai_response_model, 'gemini-3-pro')
    }
  })

  it('has the error of a Gemini interaction stream, unless it is a URL', async () => {
    for (const [code, error_type] of [
      ['resource_exhausted', 'resource_exhausted'],
      ['https://example.com/errors/1', 'unknown'],
    ] as const) {
      const body = sse({ event_type: 'error', error: { code, message: 'no' } })
      assert.equal((await countCall(call({ body }))).error_type, error_type)
    }
  })

  it('does not count interactions of another API', async () => {
    const other = call({ target: '/repos/o/r/interactions', request: { kind: 'click' }, body: {} })
    assert.deepEqual((await count(other)).requests, [])
  })
})
