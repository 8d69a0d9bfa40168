import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createRequestModel } from './request-model.ts'

function modelOf(contentType: string, body: Uint8Array, piece = Number.POSITIVE_INFINITY): string | undefined {
  const { push, model } = createRequestModel(contentType)
  for (let i = 0; i < body.length; i += piece) {
    const chunk = Uint8Array.from(body.subarray(i, i + piece))
    push(chunk)
    // Lent: who keeps a chunk finds it overwritten.
    chunk.fill(0xff)
  }
  return model()
}

const FORM = 'multipart/form-data; boundary=----b'

describe('createRequestModel', () => {
  it('finds the model in a form that fetch writes, among files and other fields', async () => {
    for (const order of ['before', 'after']) {
      const form = new FormData()
      if (order === 'before') form.set('model', 'gpt-image-1')
      form.set('image', new Blob([Buffer.alloc(70_000, 'name="model"\r\n\r\n')]), 'a.png')
      form.set('model_version', 'no')
      if (order === 'after') form.set('model', 'gpt-image-1')
      const request = new Request('http://localhost', { method: 'POST', body: form })
      const body = new Uint8Array(await request.arrayBuffer())
      for (const piece of [1, 100, 65_536, body.length]) {
        assert.equal(modelOf(request.headers.get('content-type') ?? '', body, piece), 'gpt-image-1')
      }
    }
  })

  it('finds the same for every cut of any bytes, without an exception', () => {
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
        (type, parts, piece) => {
          const body = Buffer.concat(parts)
          assert.equal(modelOf(type, body, piece), modelOf(type, body))
        },
      ),
      { numRuns: 500 },
    )
  })
})
