import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startApp } from '../../harness/app.ts'
import { hasHooks } from './each-way.ts'

it('Express and Fastify do not pay for what is observed of the routers that they are made of', async () => {
  const app = await startApp(new URL('./apps/silent-links.cjs', import.meta.url))
  await app.exit()
  const lines = app
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  const ok = { text: 'ok', ofRouter: 0, publishesLookups: false }
  // A router by itself publishes that it got the request, and that its layer did.
  const own = hasHooks() ? { text: 'ok', ofRouter: 2, publishesLookups: true } : ok
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [ok, ok, own],
  )
})
