import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { rendezvousFor } from './rendezvous.ts'

describe('rendezvousFor', () => {
  const { TMPDIR } = process.env
  before(() => {
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'rendezvous-'))
  })
  after(() => {
    rmSync(process.env.TMPDIR ?? '', { recursive: true })
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  })

  it('is the same for every way to write all addresses, and another for one address', () => {
    const wildcard = rendezvousFor({ port: 1 })
    for (const host of ['0.0.0.0', '::']) assert.deepEqual(rendezvousFor({ host, port: 1 }), wildcard)
    for (const host of ['127.0.0.1', '::1']) assert.notDeepEqual(rendezvousFor({ host, port: 1 }), wildcard)
  })

  it('has a socket path that is short enough and its own, however long the host is', () => {
    const [a, b] = ['a', 'b'].map((end) => rendezvousFor({ host: `${'x'.repeat(300)}${end}`, port: 1 }))
    assert.ok(Buffer.byteLength(a?.peerSocket ?? '') <= 100, a?.peerSocket)
    assert.notEqual(a?.peerSocket, b?.peerSocket)
  })
})
