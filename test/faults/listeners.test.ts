import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../harness/app.ts'
import { type Families, sumOf } from '../harness/prometheus-text.ts'

/** The requests that were served, by method and status. */
const served = (families: Families) =>
  Object.fromEntries(
    (families.get('agentgateway_requests_total')?.samples ?? []).map(({ labels, value }) => [
      `${labels.method} ${labels.status}`,
      value,
    ]),
  )

describe('an app that counts and removes the listeners of every emitter it can get', () => {
  const apps: App[] = []
  before(async () => {
    for (const preload of ['none', '--import', '--require'] as const) {
      const app = await startApp(new URL('apps/removes-listeners.cjs', import.meta.url), { preload })
      apps.push(app)
      app.writeLine(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }))
    }
    for (const app of apps) await app.line(/^\["done"\]$/)
  })
  after(() => Promise.all(apps.map((app) => app.stop())))

  it('finds the same listeners with the preload as without', () => {
    const [without, ...others] = apps.map((app) => app.stdout().replace(/^ready .*$/m, ''))
    assert.equal(without?.trim().split('\n').length, 9)
    for (const seen of others) assert.equal(seen, without)
  })

  it('has its requests and connections counted, none of which stays open', async () => {
    for (const app of apps.slice(1)) {
      const families = await app.metricsWhen(
        (now) =>
          sumOf(now, 'agentgateway_requests_total') === 5 &&
          sumOf(now, 'agentgateway_connections_total') === 5 &&
          sumOf(now, 'agentgateway_connections_active') === 0,
      )
      assert.deepEqual(served(families), { 'CONNECT 200': 1, 'GET 101': 1, 'GET 200': 1, 'GET 499': 2 })
      assert.equal(sumOf(families, 'agentgateway_mcp_sessions_active', { role: 'client' }), 0)
    }
  })
})
