import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startApp } from '../../harness/app.ts'
import { parsePrometheusText, sumOf } from '../../harness/prometheus-text.ts'

const REQUESTS = 6

/** The names of an app's own metrics, without those whose presence depends on what the process just does. */
const namesOf = (names: Iterable<string>) =>
  [...names].filter((name) => !/^nodejs_(gc|active_(handles|requests|resources))/.test(name)).sort()

async function observe(preload: '--import' | '--require' | 'none') {
  const app = await startApp(new URL('./apps/prom-client.cjs', import.meta.url), { preload })
  const ports = JSON.parse(app.ready) as { express: number; fastify: number }
  const get = async (url: string) => {
    const response = await fetch(url, { headers: { connection: 'close' } })
    return { status: response.status, type: response.headers.get('content-type'), body: await response.text() }
  }
  const responses = []
  for (let i = 0; i < REQUESTS; i++) {
    responses.push(await get(`http://127.0.0.1:${ports.express}/items/${i % 2}`))
    responses.push(await get(`http://127.0.0.1:${ports.fastify}/things/${i}`))
  }
  const theirs = await get(`http://127.0.0.1:${ports.express}/metrics`)
  const ours =
    preload === 'none'
      ? undefined
      : await app.metricsWhen((families) => sumOf(families, 'agentgateway_requests_total') > 2 * REQUESTS)
  const exit = await app.stop()
  return { responses, type: theirs.type, families: parsePrometheusText(theirs.body), ours, exit }
}

describe('an app with prom-client, express-prom-bundle and fastify-metrics', () => {
  for (const preload of ['--import', '--require'] as const) {
    it(`has the same registry and /metrics as without the preload, and both count the same, with ${preload}`, async () => {
      const without = await observe('none')
      const { ours, ...withPreload } = await observe(preload)
      assert.ok(ours)
      assert.deepEqual(withPreload.responses, without.responses)
      assert.deepEqual([withPreload.type, withPreload.exit], [without.type, without.exit])
      assert.deepEqual(namesOf(withPreload.families.keys()), namesOf(without.families.keys()))
      assert.deepEqual(
        [...withPreload.families.keys()].filter((name) => name.startsWith('agentgateway_')),
        [],
      )
      assert.equal(sumOf(withPreload.families, 'orders_total'), REQUESTS)
      assert.equal(sumOf(withPreload.families, 'http_request_duration_seconds_count', { path: '/items/#id' }), REQUESTS)
      assert.equal(sumOf(withPreload.families, 'fastify_request_seconds_count', { route: '/things/:id' }), REQUESTS)
      assert.ok(withPreload.families.has('process_cpu_seconds_total'))

      assert.equal(sumOf(ours, 'agentgateway_requests_total', { route: '/items/:id' }), REQUESTS)
      assert.equal(sumOf(ours, 'agentgateway_requests_total', { route: '/things/:id' }), REQUESTS)
      // The scrape of the app's own /metrics is a request that the app serves.
      assert.equal(sumOf(ours, 'agentgateway_requests_total'), 2 * REQUESTS + 1)
    })
  }
})
