import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type App, scrape, scrapeUntil, startApp } from '../../harness/app.ts'
import { freePort } from '../../harness/free-port.ts'
import { sumOf } from '../../harness/prometheus-text.ts'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const SDKS = { 'NodeSDK 3': here('otel-3/prometheus.cjs'), 'NodeSDK 2': here('agents/prometheus-2.cjs') }
const APP = new URL('apps/metered.cjs', import.meta.url)
const REQUESTS = 3

/** Runs the app with the preload on one port and the SDK's exporter on another, or on the same, and uses it. */
async function withApp(
  agent: string,
  order: 'preload first' | 'SDK first',
  ports: { readonly ours: number; readonly theirs: number },
  check: (app: App) => Promise<void>,
): Promise<void> {
  const app = await startApp(APP, {
    preload: '--require',
    earlierOptions: order === 'SDK first' ? ['--require', agent] : [],
    env: { AGENT: agent, PROMETHEUS_PORT: String(ports.theirs), OTEL_EXPORTER_PROMETHEUS_PORT: String(ports.ours) },
  })
  try {
    for (let i = 0; i < REQUESTS; i++) {
      const response = await fetch(`http://127.0.0.1:${app.ready}`, { headers: { connection: 'close' } })
      assert.equal(await response.text(), 'ordered')
    }
    await check(app)
    app.writeLine('end')
    assert.deepEqual(await app.exit(), { code: 7, signal: null })
    assert.match(app.stdout(), /^ready \d+\n$/)
  } finally {
    await app.stop('SIGKILL')
  }
}

const isCounted = (families: Parameters<typeof sumOf>[0]) => sumOf(families, 'agentgateway_requests_total') === REQUESTS

describe('an app whose SDK has a PrometheusExporter', () => {
  for (const [name, agent] of Object.entries(SDKS)) {
    for (const order of ['preload first', 'SDK first'] as const) {
      it(`has two endpoints, each with its own metrics, on two ports: ${name}, ${order}`, async () => {
        const ports = { ours: await freePort(), theirs: await freePort() }
        await withApp(agent, order, ports, async (app) => {
          const ours = await app.metricsWhen(isCounted)
          const theirs = await scrape(`http://127.0.0.1:${ports.theirs}/metrics`)
          assert.equal(sumOf(theirs, 'orders_total'), REQUESTS)
          assert.equal(ours.has('orders_total'), false)
          assert.deepEqual(
            [...theirs.keys()].filter((family) => family.startsWith('agentgateway')),
            [],
          )
          assert.equal(app.stderr().split('\n').length, 2, app.stderr())
        })
      })

      it(`runs on, and one line says that the SDK's metrics are missing, on the same port: ${name}, ${order}`, async () => {
        const port = await freePort()
        await withApp(agent, order, { ours: port, theirs: port }, async (app) => {
          const [line] = await app.line(/^agentgateway-otel: another server .*/, 'stderr')
          assert.match(line, new RegExp(`another server of this app cannot listen on port ${port}`))
          const ours = await scrapeUntil(() => scrape(`http://127.0.0.1:${port}/metrics`), isCounted)
          assert.equal(ours.has('orders_total'), false)
          assert.equal(app.stderr().split('\n').length, 3, app.stderr())
        })
      })
    }
  }
})
