import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'

const running: App[] = []
after(() => Promise.all(running.map((app) => app.stop())))

describe('an MCP client whose request bodies are read before they are sent', () => {
  it('sends and receives the same as without the preload: bodies of all kinds, failures, aborts and late servers', async () => {
    const runs = await Promise.all(
      (['--import', 'none'] as const).map(async (preload) => {
        const app = await startApp(new URL('apps/fetch-bodies.js', import.meta.url), { preload })
        running.push(app)
        const [, text = ''] = await app.line(/^results (.*)$/)
        return JSON.parse(text)
      }),
    )
    assert.deepEqual(runs[0], runs[1])
    assert.match(runs[1].results['late string'], /tools\/call/, 'the late server was reached')
    assert.equal(runs[1].results['node string down'], 'TypeError ECONNREFUSED')
  })
})
