import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startApp } from '../../harness/app.ts'
import { hasHooks } from './each-way.ts'

it('Fastify does not pay for what is observed of the router that it is made of', async () => {
  const app = await startApp(new URL('./apps/silent-links.cjs', import.meta.url))
  await app.exit()
  const lines = app
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  const ok = { text: 'ok', publishesLookups: false }
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [ok, { text: 'ok', publishesLookups: hasHooks() }],
  )
})
