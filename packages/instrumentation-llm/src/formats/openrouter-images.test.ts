import assert from 'node:assert/strict'
import { it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const usage = { prompt_tokens: 12, completion_tokens: 4000, total_tokens: 4012, cost: 0.1 }
const call = (script: Partial<Script>): Script => ({
  target: '/api/v1/images',
  host: 'openrouter.ai',
  request: { model: 'google/gemini-3-pro-image', prompt: 'a cat' },
  status: 200,
  ...script,
})

it('counts OpenRouter images, whole and streamed, and no images of another API', async () => {
  const whole = call({ body: { created: 1, data: [{ b64_json: 'A'.repeat(100_000) }], usage } })
  const partial = { type: 'image_generation.partial_image', b64_json: 'AAAA' }
  const stream = call({ body: sse(partial, { type: 'image_generation.completed', b64_json: 'AAAA', usage }) })
  for (const script of [whole, stream]) assert.deepEqual(await countTokens(script), { input: 12, output: 4000 })
  assert.equal((await countCall(whole)).gen_ai_operation_name, 'generate_content')
  const error = { type: 'error', error: { code: 'moderation', message: 'no' } }
  assert.equal((await countCall(call({ body: sse(partial, error) }))).error_type, 'moderation')
  const upload = call({ host: 'shop.example.com', request: { model: 'V70', file: 'a.png' }, body: {} })
  assert.deepEqual((await count(upload)).requests, [])
})
