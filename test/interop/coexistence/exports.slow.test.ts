import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { until } from '../../harness/until.ts'
import { FaultyCollector } from '../../otlp/faults/faulty-collector.ts'
import { accept, GrpcCollector, respondWithoutBody } from '../../otlp/faults/grpc-collector.ts'
import { AGENTS, type Agent } from './agents.ts'
import { serveJson } from './collectors/server.ts'

/** Collectors that accept each second request, and close its connection, so that there are connections, failures and retries. */
const COLLECTORS = {
  'http/protobuf': () => {
    const collector = new FaultyCollector()
    collector.turn({
      requested(socket, ofConnection) {
        if (ofConnection === 1) socket.write('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n')
        else socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      },
    })
    return { collector, fields: () => collector.received.map(({ fields }) => fields) }
  },
  grpc: () => {
    const collector = new GrpcCollector()
    collector.turn({
      called(stream, ofConnection) {
        if (ofConnection === 1) return respondWithoutBody(stream, { 'grpc-status': '14' })
        const { session } = stream
        accept(stream)
        stream.on('close', () => session?.close())
      },
    })
    return { collector, fields: () => collector.received.map(({ headers }) => Object.keys(headers)) }
  },
} as const

let services = 0

/** The fields of each request, but for those that HTTP/2 has instead of a request line. */
const FIELDS: Readonly<Record<keyof typeof COLLECTORS, readonly string[]>> = {
  'http/protobuf': ['connection', 'content-length', 'content-type', 'host', 'user-agent'],
  grpc: ['content-type', 'grpc-accept-encoding', 'grpc-timeout', 'te', 'user-agent'],
}

/** Whether a span's details name a port: as a number of its own, because longer ones, of times and traces, have its digits by chance. */
function names(details: string, port: number | string): boolean {
  return new RegExp(`(?<!\\d)${port}(?!\\d)`).test(details)
}

describe('the exports of an app with a tracing agent', { concurrency: 3 }, () => {
  let backend: Awaited<ReturnType<typeof serveJson>>
  before(async () => {
    backend = await serveJson((_path, _body, headers) => headers)
  })
  after(() => backend.close())

  async function assertUntraced(
    agent: Agent,
    system: 'cjs' | 'mjs',
    ours: 'first' | 'last',
    protocol: keyof typeof COLLECTORS,
  ): Promise<void> {
    const reports = await agent.start(`exporting-shop-${++services}`)
    const { collector, fields } = COLLECTORS[protocol]()
    await collector.listen()
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
          OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://localhost:${new URL(collector.url).port}`,
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
        spans.filter(({ details }) => names(details, new URL(collector.url).port)),
        [],
      )
      // What was searched for is in the spans of the app's own requests.
      assert.ok(spans.some(({ details }) => names(details, backend.port)))
      for (const ofRequest of fields()) {
        assert.deepEqual(ofRequest.filter((name) => !name.startsWith(':')).toSorted(), FIELDS[protocol])
      }
    } finally {
      await app?.stop('SIGKILL')
      await reports.close()
      await collector.close()
    }
  }

  for (const [name, agent] of Object.entries(AGENTS)) {
    if (agent.traces !== 'requests') continue
    for (const system of ['cjs', 'mjs'] as const) {
      if (agent.flags[system] === undefined) continue
      for (const ours of ['first', 'last'] as const) {
        const order = ours === 'first' ? 'after' : 'before'
        for (const protocol of ['http/protobuf', 'grpc'] as const) {
          it(`by ${protocol} are in no span and carry no trace: ${name}, ${system}, loaded ${order} the preload`, () =>
            assertUntraced(agent, system, ours, protocol))
        }
      }
    }
  }
})
