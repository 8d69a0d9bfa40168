import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type App, startApp } from '../harness/app.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { hasHooks } from '../interop/http/each-way.ts'

const APP = new URL('apps/calls-on-request.cjs', import.meta.url)
const FOLDER = mkdtempSync(join(tmpdir(), 'on-demand-'))
after(() => rmSync(FOLDER, { recursive: true }))
const READS = fileURLToPath(new URL('apps/reads-of-bundles.cjs', import.meta.url))

/** The same app with these packages installed. Beside the tests are the packages of all of them. */
function appWith(name: string, packages: readonly string[]): URL {
  const script = join(FOLDER, name, 'app.cjs')
  for (const installed of packages) mkdirSync(join(FOLDER, name, 'node_modules', installed), { recursive: true })
  cpSync(APP, script)
  return pathToFileURL(script)
}

const start = (failing = '', app = APP) =>
  startApp(app, { preload: '--require', earlierOptions: ['--require', READS], env: { FAILING: failing } })

const bundlesReadBy = (app: App) => [...app.stderr().matchAll(/^reads (.+)$/gm)].map(([, name]) => name)

async function get(app: App, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${app.ready}${path}`)
  return response.text()
}

describe('code that is loaded on demand', () => {
  it('is not read by a start, nor by a GET, and once by what needs it', async () => {
    const app = await start('', appWith('express', ['express', 'router']))
    try {
      for (let i = 0; i < 3; i++) assert.equal(await get(app, '/'), '{}')
      assert.deepEqual(bundlesReadBy(app), [])
      for (let i = 0; i < 3; i++) assert.equal(await get(app, '/call'), '{}')
      assert.deepEqual(bundlesReadBy(app).toSorted(), ['llm', 'mcp'])
      const families = await app.metrics()
      assert.equal(sumOf(families, 'agentgateway_requests_total'), 9)
      assert.equal(sumOf(families, 'agentgateway_llm_requests_total'), 3)
      assert.deepEqual(bundlesReadBy(app).slice(2).toSorted(), ['prometheus', 'scrapes'])
    } finally {
      await app.stop()
    }
  })

  it('is read by a start where it finds the routes of a framework that is installed', async () => {
    const app = await start('', appWith('koa', ['koa']))
    try {
      assert.deepEqual(bundlesReadBy(app), hasHooks() ? ['linked-routes'] : [])
    } finally {
      await app.stop()
    }
  })

  it('is not missed by the app where it cannot be read, nor by the metrics that do not need it', async () => {
    const app = await start('^(llm|mcp)$')
    try {
      for (let i = 0; i < 2; i++) assert.equal(await get(app, '/call'), '{}')
      assert.equal(sumOf(await app.metrics(), 'agentgateway_requests_total'), 4)
      assert.equal(app.stderr().match(/internal error, the app is not affected: .*EMFILE/g)?.length, 1)
    } finally {
      await app.stop()
    }
  })

  it('closes the connection of a scrape where it cannot be read, and the app goes on', async () => {
    const app = await start('^scrapes$')
    try {
      await assert.rejects(app.metrics())
      assert.equal(await get(app, '/'), '{}')
      assert.match(app.stderr(), /internal error, the app is not affected: .*EMFILE/)
    } finally {
      await app.stop()
    }
  })
})
