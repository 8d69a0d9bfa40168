import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readUnsentBody } from './unsent-body.ts'

const BROWSER = { 'sec-fetch-mode': 'cors' } as Readonly<Record<string, string>>
const BODY = Buffer.from('{"a":1}')
const tick = () => new Promise((resolve) => setImmediate(resolve))

const unsent = (body: unknown, contentLength: number | null = BODY.length, headers = BROWSER) =>
  readUnsentBody({ body, contentLength, header: (name) => headers[name] })

/** A body as `fetch` makes it, and how many of its steps were taken. */
function setUp(chunks: readonly Uint8Array[] = [BODY]) {
  const taken = { steps: 0 }
  const body = (async function* () {
    for (const chunk of chunks) {
      taken.steps++
      yield chunk
    }
  })()
  return { body, taken }
}

async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts).toString()
}

describe('readUnsentBody', () => {
  it('knows a body of bytes at once', () => {
    assert.equal(unsent(BODY)(), BODY)
    assert.equal(unsent(Buffer.alloc(1024 * 1024 + 1))(), undefined)
  })

  it('knows the body of a fetch before it is sent, which is sent whole all the same', async () => {
    const { body, taken } = setUp()
    const known = unsent(body)
    assert.equal(known(), undefined)
    await tick()
    assert.deepEqual(known(), BODY)
    assert.equal(await read(body), BODY.toString())
    assert.equal(taken.steps, 1)
    assert.equal(known(), undefined, 'what was sent is not kept')
  })

  it('leaves a body whole that is sent at once, or after an attempt that failed', async () => {
    const { body } = setUp()
    unsent(body)
    assert.equal(await read(body), BODY.toString())
    assert.equal(await read(body), '', 'as ever, it can be sent once')
  })

  it('passes on what the body throws', async () => {
    const body = (async function* () {
      if (BODY.length > 0) throw new Error('the app’s')
      yield BODY
    })()
    const known = unsent(body)
    await tick()
    assert.equal(known(), undefined)
    await assert.rejects(read(body), /the app’s/)
  })

  it('knows no part of a body that comes in parts', async () => {
    const { body } = setUp([BODY.subarray(0, 3), BODY.subarray(3)])
    const known = unsent(body)
    await tick()
    assert.equal(known(), undefined)
    assert.equal(await read(body), BODY.toString())
  })

  it('takes no step of what may be the app’s', async () => {
    for (const [length, headers] of [
      [null, BROWSER],
      [BODY.length, {}],
      [1024 * 1024 + 1, BROWSER],
      [0, BROWSER],
    ] as const) {
      const { body, taken } = setUp()
      const known = unsent(body, length, headers)
      await tick()
      assert.deepEqual([known(), taken.steps, Object.keys(body)], [undefined, 0, []])
    }
    for (const body of [undefined, null, 'text', [BODY], new Blob([BODY]), new ReadableStream()]) {
      assert.equal(unsent(body)(), undefined)
    }
  })
})
