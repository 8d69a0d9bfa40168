import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startApp } from '../../harness/app.ts'

it('handlers of frameworks see the same contexts and stacks with the preload as without', async () => {
  const [withPreload = '', without = ''] = await Promise.all(
    (['--import', 'none'] as const).map(async (preload) => {
      const app = await startApp(new URL('./apps/contexts-unchanged.js', import.meta.url), { preload })
      await app.stop()
      return app.stdout()
    }),
  )
  assert.equal(without.split('\n').filter((line) => line.startsWith('{')).length, 25)
  assert.equal(withPreload, without)
})

it('an app sees the same last match of a regular expression after loading frameworks with the preload as without', async () => {
  const [withPreload = '', without = ''] = await Promise.all(
    (['--import', 'none'] as const).map(async (preload) => {
      const app = await startApp(new URL('./apps/match-unchanged.cjs', import.meta.url), { preload })
      await app.stop()
      return app.stdout()
    }),
  )
  assert.match(without, /"hono"/)
  assert.equal(withPreload, without)
})
