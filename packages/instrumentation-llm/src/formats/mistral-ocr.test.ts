import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, type Script } from '../call-metrics.test-support.ts'

const call = (script: Partial<Script>): Script => ({ target: '/v1/ocr', status: 200, ...script })

describe('Mistral OCR', () => {
  it('counts Mistral OCR, which reports no tokens', async () => {
    const request = { model: 'mistral-ocr-latest', document: { type: 'document_url', document_url: 'data:' } }
    const body = { pages: [], model: 'mistral-ocr-2512', usage_info: { pages_processed: 29, doc_size_bytes: 3002783 } }
    assert.deepEqual(await countCall(call({ request, body })), {
      gen_ai_operation_name: 'generate_content',
      gen_ai_system: 'custom',
      gen_ai_request_model: 'mistral-ocr-latest',
      gen_ai_response_model: 'mistral-ocr-2512',
      error_type: '',
      usage: 'missing',
    })
    const other = call({ request: { model: 'fast', image: 'AAAA' }, body: {} })
    assert.deepEqual((await count(other)).requests, [])
  })
})
