import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { type App, REGISTER_CJS, startApp } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'
import { LOADS_HTTP2 } from '../harness/loads-http2.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { run } from './run.ts'

const APP = new URL('apps/watches-modules.cjs', import.meta.url)

const getJson = async (app: App, path: string) => (await fetch(`http://127.0.0.1:${app.ready}${path}`)).json()

describe('an app that watches which modules are loaded', () => {
  it('sees the same modules with the preload as without, while the preload loads the rest of itself', async () => {
    const port = String(await freePort())
    const env = { OTEL_EXPORTER_PROMETHEUS_PORT: port, NODE_OPTIONS: `--require ${REGISTER_CJS}` }
    const app = await startApp(APP, { env })
    try {
      const families = await app.metricsWhen((now) => sumOf(now, 'agentgateway_llm_tokens_total') === 10)
      assert.equal(sumOf(families, 'agentgateway_llm_requests_total', { usage: 'reported' }), 1)
      const ofChild = await getJson(app, '/fork')
      // The child's call is in the sum, so both processes have loaded what makes them share the endpoint.
      await app.metricsWhen((now) => sumOf(now, 'agentgateway_llm_tokens_total') === 20)
      assert.deepEqual([ofChild, await getJson(app, '/seen')], await seenWithoutPreload())
    } finally {
      await app.stop()
    }
  })

  it('has nothing of the locks of the endpoint loaded while there is none', async () => {
    const code = 'console.log(process.moduleLoadList.filter((name) => /\\btls\\b/.test(name)).length)'
    const loadedWith = async (env: Record<string, string>) =>
      Number((await run(code, { flags: ['--require', REGISTER_CJS], env })).stdout)
    const lockedOff = await loadedWith({})
    if (LOADS_HTTP2) {
      const { stdout } = await run(`require('http2'); ${code}`, { flags: [], env: {} })
      assert.equal(lockedOff, Number(stdout))
    } else {
      assert.equal(lockedOff, 0)
      assert.notEqual(await loadedWith({ AGENTGATEWAY_METRICS_TOKEN: 'a-token-of-24-characters' }), 0)
    }
    const preloaded = readFileSync(join(dirname(REGISTER_CJS), 'start.cjs'), 'utf8')
    assert.doesNotMatch(preloaded, /bcrypt|createSecureContext|LineCounter/)
  })

  async function seenWithoutPreload(): Promise<unknown[]> {
    const app = await startApp(APP, { preload: 'none' })
    try {
      return [await getJson(app, '/fork'), await getJson(app, '/seen')]
    } finally {
      await app.stop()
    }
  }
})
