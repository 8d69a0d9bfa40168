import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { DEFAULT_METRICS, METRICS } from '@agentgateway-otel/metrics'
import { start } from '../../examples/agent/start.js'
import { STEPS } from '../../examples/agent/traffic.js'
import { scrape, startApp } from '../harness/app.ts'
import { demoEnv } from '../harness/environment.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import type { Families } from '../harness/prometheus-text.ts'
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

describe('each kind of metrics, taken away from an app that serves and calls everything', () => {
  const names: readonly string[] = DEFAULT_METRICS.map(({ name }) => name)
  const ofKind = (kind: string) => names.filter((name) => name.startsWith(`agentgateway_${kind}`))
  const kinds = { requests: ofKind('re'), connections: ofKind('connections'), mcp: ofKind('mcp'), llm: ofKind('llm') }

  /** Sends the demo's traffic to an app without some metrics, and returns what it then serves. */
  async function scrapeWithout(takenAway: readonly string[]): Promise<Families> {
    const demo = await start({
      env: { ...demoEnv('shop'), AGENTGATEWAY_METRICS: takenAway.map((name) => `-${name}`).join() },
    })
    try {
      for (const step of STEPS) await step.run(demo)
      await demo.proxy.quiet()
      assert.doesNotMatch(demo.stderr(), /[Ee]rror/)
      return await scrape(demo.metricsUrl)
    } finally {
      await demo.stop()
    }
  }

  /** The values of counters, whose traffic is the same each time. How many connections a client makes is not. */
  const countersOf = (families: Families) =>
    Object.fromEntries(
      ['agentgateway_requests_total', 'agentgateway_mcp_requests_total', 'agentgateway_llm_tokens_total']
        .filter((name) => families.has(name))
        .map((name) => [
          name,
          families
            .get(name)
            ?.samples.map(({ labels, value }) => `${JSON.stringify(labels)} ${value}`)
            .sort(),
        ]),
    )

  let complete: ReturnType<typeof countersOf>
  before(async () => {
    complete = countersOf(await scrapeWithout([]))
    assert.equal(Object.keys(complete).length, 3)
  })

  for (const [kind, takenAway] of Object.entries(kinds)) {
    it(`leaves the others as they are: ${kind}`, async () => {
      const families = await scrapeWithout(takenAway)
      assert.deepEqual([...families.keys()].sort(), names.filter((name) => !takenAway.includes(name)).sort())
      const kept = Object.entries(complete).filter(([name]) => !takenAway.includes(name))
      assert.deepEqual(countersOf(families), Object.fromEntries(kept))
    })
  }

  it('leaves an empty scrape, if it is all of them', async () => {
    assert.deepEqual([...(await scrapeWithout(Object.values(kinds).flat())).keys()], [])
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
