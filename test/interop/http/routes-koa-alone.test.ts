import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startApp } from '../../harness/app.ts'
import { hasHooks } from './each-way.ts'

const MODULES = fileURLToPath(new URL('./node_modules/', import.meta.url))

const APP = `
const Koa = require('koa')
const Router = require('@koa/router')
const router = new Router().get('/users/:id', (ctx) => { ctx.body = ctx.params.id })
const server = new Koa().use(router.routes()).listen(0, '127.0.0.1', () => console.log('ready', server.address().port))
`

it('the routes of Koa are known where a package manager keeps what Koa depends on out of the app’s sight', {
  skip: hasHooks() ? false : 'this version of Node.js has no such hooks',
}, async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'koa-')))
  try {
    for (const name of ['koa', '@koa/router']) {
      const link = join(folder, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(realpathSync(join(MODULES, name)), link, 'junction')
    }
    writeFileSync(join(folder, 'app.cjs'), APP)
    const app = await startApp(join(folder, 'app.cjs'))
    await (await fetch(`http://127.0.0.1:${app.ready}/users/1`)).text()
    const families = await app.metricsWhen((now) => now.has('agentgateway_requests_total'))
    const routes = families.get('agentgateway_requests_total')?.samples.map(({ labels }) => labels.route)
    assert.deepEqual(routes, ['/users/:id'])
    await app.stop()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
