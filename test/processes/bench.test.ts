import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare } from './bench.ts'

describe('a scrape of several processes', () => {
  it('keeps the event loop for less than one of a single process of prom-client with as many series', async () => {
    const { leader, promClient } = await compare(3, 5)
    assert.ok(leader < promClient, `leader ${leader} ms, prom-client ${promClient} ms`)
  })
})
