import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startApp } from '../../harness/app.ts'
import { afterRequests, counted } from './requests.ts'
import { send } from './route-cases.ts'

it('counts no wrong route of an app that creates routers for each request', async () => {
  const app = await startApp(new URL('./apps/express-functions.js', import.meta.url), {
    env: { EXPRESS: 'express', FORM: 'forEachRequest' },
  })
  try {
    const targets = Array.from({ length: 1200 }, (_, i) => `${i % 3 ? '/outer/1/deep' : '/kept'}/page/${i}`)
    for (const target of targets) assert.equal(await send(app, `GET ${target}`), 200)
    const routes = counted(await afterRequests(app, targets.length))
    assert.deepEqual(
      Object.keys(routes).filter(
        (key) => !['/outer/:x/deep/page/:id', '/kept/page/:id', 'unknown'].includes(key.slice(8)),
      ),
      [],
    )
    // The first ones are known: they are not many yet.
    assert.ok((routes['GET 200 /outer/:x/deep/page/:id'] ?? 0) > 10 && (routes['GET 200 /kept/page/:id'] ?? 0) > 5)
  } finally {
    await app.stop()
  }
})
