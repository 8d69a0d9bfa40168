import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startApp } from '../harness/app.ts'

const REPORTS_READS = fileURLToPath(new URL('apps/reports-reads.cjs', import.meta.url))

describe('an app whose page nobody opens', () => {
  it('reads none of its files, however often it is scraped', async () => {
    const app = await startApp(new URL('apps/hostile-routes.js', import.meta.url), {
      preload: '--require',
      earlierOptions: ['--require', REPORTS_READS],
      env: { ROUTES: '["/a"]' },
    })
    try {
      const [metricsUrl = ''] = /http:\S+\/metrics/.exec(app.stderr()) ?? []
      const read = () => [...app.stderr().matchAll(/^reads (.+)$/gm)].map(([, name]) => name)
      const get = async (path: string) => {
        const response = await fetch(new URL(path, metricsUrl))
        await response.text()
        return response.status
      }
      for (let i = 0; i < 3; i++) await app.metrics()
      assert.deepEqual([await get('/healthz'), await get('/page.html')], [200, 404])
      assert.deepEqual(read(), [])

      assert.equal(await get('/'), 200)
      assert.deepEqual(read(), ['entries/page.cjs', 'page/page.html'])
      assert.deepEqual([await get('/'), await get('/page.js'), await get('/status.json')], [200, 200, 200])
      assert.deepEqual(read(), ['entries/page.cjs', 'page/page.html', 'page/page.js'])
    } finally {
      await app.stop()
    }
  })
})
