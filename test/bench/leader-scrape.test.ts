import assert from 'node:assert/strict'
import { it } from 'node:test'
import { compareScrapes } from './leader-scrape.ts'

it('a scrape of three processes blocks their leader for less than prom-client blocks one process with as many series', async () => {
  const { leader, promClient } = await compareScrapes(3, 5)
  assert.ok(leader < promClient, `leader ${leader} ms, prom-client ${promClient} ms`)
})
