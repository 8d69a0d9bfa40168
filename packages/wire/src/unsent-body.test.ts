import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readUnsentBody } from './unsent-body.ts'

const BROWSER = { 'sec-fetch-mode': 'cors' } as Readonly<Record<string, string>>
const BODY = Buffer.from('{"a":1}')
const tick = () => new Promise((resolve) => setImmediate(resolve))

const readBody = (body: unknown, contentLength: number | null = BODY.length, headers = BROWSER) =>
  readUnsentBody({ body, contentLength, header: (name) => headers[name] })

/** Makes a body like those of `fetch`, and counts the steps that it has run. */
function makeBody(chunks: readonly Uint8Array[] = [BODY]) {
  const run = { steps: 0 }
  const body = (async function* () {
    for (const chunk of chunks) {
      run.steps++
      yield chunk
    }
  })()
  return { body, run }
}

async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts).toString()
}

describe('readUnsentBody', () => {
  it('returns a body of bytes at once, up to 1 MiB', () => {
    assert.equal(readBody(BODY)(), BODY)
    assert.equal(readBody(Buffer.alloc(1024 * 1024 + 1))(), undefined)
  })

  it('returns the body of a fetch before it is sent, and leaves it whole', async () => {
    const { body, run } = makeBody()
    const unsentBody = readBody(body)
    assert.equal(unsentBody(), undefined)
    await tick()
    assert.deepEqual(unsentBody(), BODY)
    assert.equal(await read(body), BODY.toString())
    assert.equal(run.steps, 1)
    assert.equal(unsentBody(), undefined, 'a body is not kept once it is sent')
  })

  it('leaves a body whole that is sent before it could be read', async () => {
    const { body } = makeBody()
    readBody(body)
    assert.equal(await read(body), BODY.toString())
    assert.equal(await read(body), '', 'a generator can be read once, as without us')
  })

  it('lets the exception of a body reach its reader', async () => {
    const body = (async function* () {
      if (BODY.length > 0) throw new Error('the app’s')
      yield BODY
    })()
    const unsentBody = readBody(body)
    await tick()
    assert.equal(unsentBody(), undefined)
    await assert.rejects(read(body), /the app’s/)
  })

  it('returns nothing of a body that has several chunks', async () => {
    const { body } = makeBody([BODY.subarray(0, 3), BODY.subarray(3)])
    const unsentBody = readBody(body)
    await tick()
    assert.equal(unsentBody(), undefined)
    assert.equal(await read(body), BODY.toString())
  })

  it('runs no step of a generator that may be the app’s, and reads no stream', async () => {
    for (const [length, headers] of [
      [null, BROWSER],
      [BODY.length, {}],
      [1024 * 1024 + 1, BROWSER],
      [0, BROWSER],
    ] as const) {
      const { body, run } = makeBody()
      const unsentBody = readBody(body, length, headers)
      await tick()
      assert.deepEqual([unsentBody(), run.steps, Object.keys(body)], [undefined, 0, []])
    }
    for (const body of [undefined, null, 'text', [BODY], new Blob([BODY]), new ReadableStream()]) {
      assert.equal(readBody(body)(), undefined)
    }
  })
})
