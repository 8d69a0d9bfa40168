import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { DEFAULT_METRICS, METRICS } from '@agentgateway-otel/metrics'
import { startApp } from '../harness/app.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { createDeployment, type Deployment, requests } from '../processes/deployment.ts'

const APP = new URL('../processes/apps/server.cjs', import.meta.url)
const TAKEN_AWAY = [METRICS.requestSize.name, METRICS.connectionsActive.name]
const AGENTGATEWAY_METRICS = TAKEN_AWAY.map((name) => `-${name}`).join()
const REMAINING = DEFAULT_METRICS.map(({ name }) => name).filter(
  (name) => !TAKEN_AWAY.some((takenAway) => takenAway === name),
)

const request = async (port: string | number) => (await fetch(`http://127.0.0.1:${port}/`)).text()

describe('default metrics that AGENTGATEWAY_METRICS takes away', () => {
  it('are neither declared nor counted in a scrape, and are not sent by OTLP', async () => {
    const sent = new Set<string>()
    const collector = await startOtlpCollector({
      onMetrics: (message) => {
        for (const [, name = ''] of JSON.stringify(message).matchAll(/"name":"(agentgateway_\w+)"/g)) sent.add(name)
      },
    })
    const app = await startApp(APP, {
      env: {
        AGENTGATEWAY_METRICS,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '100',
      },
    })
    try {
      assert.deepEqual([...(await app.metrics()).keys()].sort(), [...REMAINING].sort())
      await request(app.ready)
      const families = await app.metricsWhen(
        (now) => requests(now) === 1 && sent.has(METRICS.requests.name) && sent.has(METRICS.connections.name),
      )
      assert.deepEqual([...families.keys()].sort(), [...REMAINING].sort())
      assert.deepEqual(
        [...sent].filter((name) => TAKEN_AWAY.some((takenAway) => takenAway === name)),
        [],
      )
      assert.doesNotMatch(app.stderr(), /AGENTGATEWAY_METRICS/)
    } finally {
      await app.stop()
      await collector.close()
    }
  })

  describe('in an app of several processes', () => {
    let deployment: Deployment
    before(async () => {
      deployment = await createDeployment()
    })
    after(() => deployment.clear())

    it('are neither declared nor counted in the sums', async () => {
      const main = deployment.node('family.cjs', [], { env: { AGENTGATEWAY_METRICS } })
      const ports = ((await main.line(/^ready (.*)/))[1] ?? '').split(' ')
      for (const port of ports) await request(port)
      const families = await deployment.scrapeUntil((now) => requests(now) === ports.length)
      assert.deepEqual([...families.keys()].sort(), [...REMAINING].sort())
      main.writeLine('end')
      await main.line(/^ended 0 0$/)
      main.writeLine('close')
      await main.exit()
    })
  })
})

describe('a name in AGENTGATEWAY_METRICS that is neither a metric nor a group', () => {
  it('is reported on one line with the nearest name, and everything else is counted', async () => {
    const app = await startApp(APP, { env: { AGENTGATEWAY_METRICS: `request_total,${AGENTGATEWAY_METRICS}` } })
    try {
      await request(app.ready)
      const families = await app.metricsWhen((now) => requests(now) === 1)
      assert.deepEqual([...families.keys()].sort(), [...REMAINING].sort())
      assert.deepEqual(
        app
          .stderr()
          .split('\n')
          .filter((line) => line.includes('AGENTGATEWAY_METRICS')),
        [
          `agentgateway-otel: AGENTGATEWAY_METRICS has "request_total", ignored: not a metric or a group of metrics; did you mean "${METRICS.requests.name}"?`,
        ],
      )
    } finally {
      await app.stop()
    }
  })
})
