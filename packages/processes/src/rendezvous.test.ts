import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { placeFor } from './rendezvous.ts'

describe('placeFor', () => {
  const { TMPDIR } = process.env
  before(() => {
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'place-'))
  })
  after(() => {
    rmSync(process.env.TMPDIR ?? '', { recursive: true })
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  })

  it('is one for all ways to say that a port is taken on all addresses, and another for one address', () => {
    const anywhere = placeFor({ port: 1 })
    for (const host of ['0.0.0.0', '::']) assert.deepEqual(placeFor({ host, port: 1 }), anywhere)
    for (const host of ['127.0.0.1', '::1']) assert.notDeepEqual(placeFor({ host, port: 1 }), anywhere)
  })

  it('has a path that fits into the address of a socket, and differs, however long the host is', () => {
    const [one, other] = ['a', 'b'].map((end) => placeFor({ host: `${'x'.repeat(300)}${end}`, port: 1 }))
    assert.ok(Buffer.byteLength(one?.door ?? '') <= 100, one?.door)
    assert.notEqual(one?.door, other?.door)
  })
})
