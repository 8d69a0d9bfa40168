import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startApp } from '../harness/app.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import type { TestCollector } from './faults/faulty-app.ts'
import { type Fault, FaultyCollector } from './faults/faulty-collector.ts'
import { accept, GrpcCollector, type GrpcFault, respondWithoutBody } from './faults/grpc-collector.ts'

const APP = new URL('./apps/watches-clients.mjs', import.meta.url)

/** Accepts an export, does not accept another, and closes the connection, so that there is something of each to see. */
const MIXED: Fault = {
  requested(socket, ofConnection) {
    if (ofConnection === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    else if (ofConnection === 2) socket.write('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n')
    else socket.end('no HTTP')
  },
}

/** The same by gRPC. */
const MIXED_GRPC: GrpcFault = {
  called(stream, ofConnection) {
    if (ofConnection === 1) accept(stream)
    else if (ofConnection === 2) respondWithoutBody(stream, { 'grpc-status': '14' })
    else stream.session?.destroy()
  },
}

async function assertUnobserved<F>(
  preload: '--import' | '--require',
  collector: TestCollector<F>,
  fault: F,
): Promise<void> {
  await collector.listen()
  collector.turn(fault)
  const app = await startApp(APP, {
    preload,
    env: {
      ...collector.env,
      OTEL_METRIC_EXPORT_INTERVAL: '100',
      AGENTGATEWAY_EXPORT_AT_END: 'false',
      AGENTGATEWAY_LLM_HOSTS: `${new URL(collector.target).host}=openai`,
      AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true',
    },
  })
  try {
    await until(() => (collector.connections >= 3 && collector.requests >= 7) || undefined)
    await app.line(/cannot send metrics/, 'stderr')
    app.writeLine('')
    const [, seen = ''] = await app.line(/^seen (.*)$/)
    assert.deepEqual(JSON.parse(seen), {
      'http.request': 1,
      'request.created': 1,
      'request.start': 1,
      'response.finish': 1,
      'net.client.socket': 1,
      // OpenTelemetry's API says by it that the app has set the logger.
      'diag.debug': 1,
      'diag.error': 1,
    })
    const families = await app.metrics()
    assert.equal(sumOf(families, 'http_client_request_duration_seconds_count'), 1)
    assert.equal(sumOf(families, 'agentgateway_llm_requests_total'), 0)
  } finally {
    await app.stop('SIGKILL')
    await collector.close()
  }
}

describe('exports are not among the requests, diagnostics and LLM calls that an app or this package sees', () => {
  for (const preload of ['--import', '--require'] as const) {
    it(`by HTTP, with ${preload}`, async () => {
      const collector = new FaultyCollector()
      await assertUnobserved(preload, collector, MIXED)
      assert.deepEqual(collector.received[0]?.fields.toSorted(), [
        'authorization',
        'connection',
        'content-length',
        'content-type',
        'host',
        'user-agent',
      ])
    })

    it(`by gRPC, with ${preload}`, async () => {
      const collector = new GrpcCollector()
      await assertUnobserved(preload, collector, MIXED_GRPC)
      assert.deepEqual(Object.keys(collector.received[0]?.headers ?? {}).toSorted(), [
        ':authority',
        ':method',
        ':path',
        ':scheme',
        'content-type',
        'grpc-accept-encoding',
        'grpc-timeout',
        'te',
        'user-agent',
      ])
    })
  }
})
