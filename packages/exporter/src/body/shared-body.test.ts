import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { BodySource } from './body-source.ts'
import { gzipSource } from './gzip-source.ts'
import { SharedBody } from './shared-body.ts'

const CHUNK = 64 * 1024
const CHUNKS = 40

/** What was done with the sources of a test. */
interface Sources {
  opened: number
  closed: number
  /** How many chunks were made, by all sources. */
  made: number
}

/** Returns a function that starts a source of hardly compressible text. */
function sourceOpener(sources: Sources): () => BodySource {
  return () => {
    sources.opened++
    let index = 0
    let isClosed = false
    return {
      next: async () => {
        if (index === CHUNKS) return undefined
        sources.made++
        return chunkAt(index++)
      },
      release: () => {},
      close: () => {
        if (!isClosed) sources.closed++
        isClosed = true
      },
    }
  }
}

function chunkAt(index: number): Buffer {
  const chunk = Buffer.alloc(CHUNK)
  let state = index + 1
  for (let i = 0; i < CHUNK; i++) {
    state = (state * 48_271) % 2_147_483_647
    chunk[i] = 33 + (state % 90)
  }
  return chunk
}

async function readAll(source: BodySource, into: Buffer[] = []): Promise<Buffer> {
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) into.push(chunk)
  return Buffer.concat(into)
}

const BODY = Buffer.concat(Array.from({ length: CHUNKS }, (_, i) => chunkAt(i)))

describe('SharedBody', () => {
  it('makes each chunk once for readers that keep up with each other', async () => {
    const sources = { opened: 0, closed: 0, made: 0 }
    const body = new SharedBody(sourceOpener(sources))
    const readers = Array.from({ length: 5 }, () => body.join() as BodySource)
    for (const read of await Promise.all(readers.map((reader) => readAll(reader)))) assert.ok(read.equals(BODY))
    assert.deepEqual(sources, { opened: 1, closed: 0, made: CHUNKS })
    assert.equal(body.join(), undefined)
    for (const reader of readers) reader.close()
    assert.equal(sources.closed, 1)
  })

  for (const [what, decode, wrap] of [
    ['plain', (bytes: Buffer) => bytes, (source: BodySource) => source],
    ['compressed', gunzipSync, gzipSource],
  ] as const) {
    it(`has a reader that fell behind start again after what it has, of a ${what} body`, async () => {
      const sources = { opened: 0, closed: 0, made: 0 }
      const open = sourceOpener(sources)
      const body = new SharedBody(() => wrap(open()))
      const [fast, slow] = [body.join() as BodySource, body.join() as BodySource]
      const taken = [(await slow.next()) as Buffer, (await slow.next()) as Buffer]
      assert.ok(decode(await readAll(fast)).equals(BODY))
      fast.close()
      assert.ok(decode(await readAll(slow, taken)).equals(BODY))
      slow.close()
      assert.deepEqual(sources, { opened: 2, closed: 2, made: 2 * CHUNKS })
    })
  }

  it('starts nothing again for a reader that has closed', async () => {
    const sources = { opened: 0, closed: 0, made: 0 }
    const body = new SharedBody(sourceOpener(sources))
    const [fast, slow] = [body.join() as BodySource, body.join() as BodySource]
    await slow.next()
    await readAll(fast)
    slow.close()
    assert.equal(await slow.next(), undefined)
    assert.equal(sources.opened, 1)
  })
})
