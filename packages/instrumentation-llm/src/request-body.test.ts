import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createRequestBodyReader } from './request-body.ts'

function findModel(
  contentType: string,
  body: Uint8Array,
  chunkBytes = Number.POSITIVE_INFINITY,
  modelPath?: string,
): string | undefined {
  const { push, model } = createRequestBodyReader(contentType, [], modelPath)
  for (let i = 0; i < body.length; i += chunkBytes) {
    const chunk = Uint8Array.from(body.subarray(i, i + chunkBytes))
    push(chunk)
    // A chunk is only lent, so it is overwritten after the call.
    chunk.fill(0xff)
  }
  return model()
}

const FORM = 'multipart/form-data; boundary=----b'

describe('createRequestBodyReader', () => {
  it('finds the model among the files and fields of a form that fetch sends', async () => {
    for (const order of ['before', 'after']) {
      const form = new FormData()
      if (order === 'before') form.set('model', 'gpt-image-1')
      form.set('image', new Blob([Buffer.alloc(70_000, 'name="model"\r\n\r\n')]), 'a.png')
      form.set('model_version', 'no')
      if (order === 'after') form.set('model', 'gpt-image-1')
      const request = new Request('http://localhost', { method: 'POST', body: form })
      const body = new Uint8Array(await request.arrayBuffer())
      for (const chunkBytes of [1, 100, 65_536, body.length]) {
        assert.equal(findModel(request.headers.get('content-type') ?? '', body, chunkBytes), 'gpt-image-1')
      }
    }
  })

  it('finds the model of a JSON request under another name, also inside an object', () => {
    const bytes = (request: object) => Buffer.from(JSON.stringify(request))
    for (const chunkBytes of [1, 7, 1000]) {
      const flat = bytes({ model: 'no', model_id: 'm-1' })
      assert.equal(findModel('application/json', flat, chunkBytes, 'model_id'), 'm-1')
      const nested = bytes({ model: 'no', serving: { type: { id: 'no' }, model: { id: 'm-2' } } })
      assert.equal(findModel('application/json', nested, chunkBytes, 'serving.model.id'), 'm-2')
      for (const request of [{}, { serving: 'no' }, { serving: null }, { serving: { model: ['no'] } }]) {
        assert.equal(findModel('application/json', bytes(request), chunkBytes, 'serving.model.id'), undefined)
      }
    }
  })

  it('finds the same model in any bytes of a request, however they are cut, and throws nothing', () => {
    const words = [
      '--b\r\n',
      'Content-Disposition: form-data; ',
      'name="model"',
      '\r\n',
      '\r\n\r\n',
      'm',
      '{"model":"m"}',
    ]
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 9 }),
      fc.constantFrom(...words).map((text) => new TextEncoder().encode(text)),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(FORM, 'application/json', ''),
        fc.array(part, { maxLength: 15 }),
        fc.integer({ min: 1, max: 20 }),
        (type, parts, chunkBytes) => {
          const body = Buffer.concat(parts)
          assert.equal(findModel(type, body, chunkBytes), findModel(type, body))
        },
      ),
      { numRuns: 500 },
    )
  })
})
