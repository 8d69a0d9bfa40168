import assert from 'node:assert/strict'
import { it } from 'node:test'
import { compareScrapes } from './leader-scrape.ts'

it('a scrape of three processes costs their leader less CPU than the same series cost one process with prom-client', async () => {
  const { leader, promClient } = await compareScrapes(3, 5)
  assert.ok(leader < promClient, `leader ${leader} ms, prom-client ${promClient} ms`)
})
