import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { until } from '../../harness/until.ts'
import { type Fault, FaultyCollector } from '../../otlp/faults/faulty-collector.ts'
import { AGENTS, type Agent } from './agents.ts'
import { serveJson } from './collectors/server.ts'

/** Accepts each second request, and closes its connection, so that there are connections, failures and retries to see. */
const FLAKY: Fault = {
  requested(socket, ofConnection) {
    if (ofConnection === 1) socket.write('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n')
    else socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  },
}

let services = 0

const FIELDS = ['connection', 'content-length', 'content-type', 'host', 'user-agent']

describe('the exports of an app with a tracing agent', { concurrency: 3 }, () => {
  let backend: Awaited<ReturnType<typeof serveJson>>
  before(async () => {
    backend = await serveJson((_path, _body, headers) => headers)
  })
  after(() => backend.close())

  async function assertUntraced(agent: Agent, system: 'cjs' | 'mjs', ours: 'first' | 'last'): Promise<void> {
    const reports = await agent.start(`exporting-shop-${++services}`)
    const collector = new FaultyCollector()
    await collector.listen()
    collector.turn(FLAKY)
    const flags = agent.flags[system] ?? []
    let app: App | undefined
    try {
      app = await startApp(new URL(`./apps/express.${system}`, import.meta.url), {
        preload: flags.includes('--require') ? '--require' : '--import',
        ...(ours === 'last' ? { earlierOptions: flags } : { nodeOptions: flags }),
        env: {
          ...reports.env,
          ...agent.env,
          // An agent of OpenTelemetry's would send its metrics to the same collector.
          OTEL_METRICS_EXPORTER: 'none',
          AGENTGATEWAY_EXPORTERS: 'prometheus,otlp',
          OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://localhost:${new URL(collector.url).port}/v1/metrics`,
          OTEL_METRIC_EXPORT_INTERVAL: '200',
          AGENTGATEWAY_EXPORT_AT_END: 'false',
          BACKEND: `http://127.0.0.1:${backend.port}/`,
        },
      })
      await until(() => (reports.isReady?.() ?? true) || undefined)
      const call = () => fetch(`http://127.0.0.1:${app?.ready}/call/1`, { headers: { connection: 'close' } })
      await (await call()).json()
      const ofAgent = () => reports.report().spans.filter(({ isServer }) => isServer).length
      await until(() => (collector.requests >= 8 && collector.connections >= 3) || undefined)
      // The agent has reported all from before a request when it has reported that.
      const known = ofAgent()
      await (await call()).json()
      await until(() => ofAgent() > known || undefined)
      const { spans } = reports.report()
      assert.deepEqual(
        spans.filter(({ details }) => details.includes(new URL(collector.url).port)),
        [],
      )
      // What was searched for is in the spans of the app's own requests.
      assert.ok(spans.some(({ details }) => details.includes(String(backend.port))))
      for (const { fields } of collector.received) assert.deepEqual(fields.toSorted(), FIELDS)
    } finally {
      await app?.stop('SIGKILL')
      await reports.close()
      await collector.close()
    }
  }

  for (const [name, agent] of Object.entries(AGENTS)) {
    if (agent.traces !== 'requests') continue
    for (const system of ['cjs', 'mjs'] as const) {
      for (const ours of ['first', 'last'] as const) {
        const order = ours === 'first' ? 'after' : 'before'
        it(`are in no span and carry no trace: ${name}, ${system}, loaded ${order} the preload`, () =>
          assertUntraced(agent, system, ours))
      }
    }
  }
})
