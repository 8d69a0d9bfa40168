import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { BodySource } from './body-source.ts'
import { gzipSource } from './gzip-source.ts'

/** A body of a few chunks that counts how often it is closed. */
function bodyOf(chunks: readonly Buffer[]) {
  const remaining = [...chunks]
  let closed = 0
  const source: BodySource = { next: async () => remaining.shift(), release: () => {}, close: () => closed++ }
  return { source, closed: () => closed }
}

const CHUNKS = Array.from({ length: 5 }, (_, i) => Buffer.alloc(300_000, `chunk ${i} `))

describe('gzipSource', () => {
  it('compresses the whole body', async () => {
    const gzip = gzipSource(bodyOf(CHUNKS).source)
    const compressed: Buffer[] = []
    for (let chunk = await gzip.next(); chunk !== undefined; chunk = await gzip.next()) compressed.push(chunk)
    assert.deepEqual(gunzipSync(Buffer.concat(compressed)), Buffer.concat(CHUNKS))
    assert.equal(await gzip.next(), undefined)
  })

  for (const taken of [0, 1, 2]) {
    it(`ends without an error when it is closed while chunk ${taken} is being made`, async () => {
      const { source, closed } = bodyOf(CHUNKS)
      const gzip = gzipSource(source)
      for (let i = 0; i < taken; i++) await gzip.next()
      const next = gzip.next()
      await Promise.resolve()
      gzip.close()
      await next
      assert.equal(await gzip.next(), undefined)
      assert.equal(closed(), 1)
    })
  }
})
