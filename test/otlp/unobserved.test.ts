import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startApp } from '../harness/app.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import { type Fault, FaultyCollector } from './faults/faulty-collector.ts'

const APP = new URL('./apps/watches-clients.mjs', import.meta.url)

/** Responds to some requests, resets others, and closes connections, so that there is something of each to see. */
const MIXED: Fault = {
  requested(socket, ofConnection) {
    if (ofConnection === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    else if (ofConnection === 2) socket.write('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n')
    else socket.end('no HTTP')
  },
}

describe('exports', () => {
  for (const preload of ['--import', '--require'] as const) {
    it(`are not among the requests, diagnostics and LLM calls that an app or this package sees, with ${preload}`, async () => {
      const collector = new FaultyCollector()
      await collector.listen()
      collector.turn(MIXED)
      const app = await startApp(APP, {
        preload,
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_METRIC_EXPORT_INTERVAL: '100',
          AGENTGATEWAY_EXPORT_AT_END: 'false',
          AGENTGATEWAY_LLM_HOSTS: `${new URL(collector.url).host}=openai`,
          AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true',
        },
      })
      try {
        await until(() => (collector.connections >= 3 && collector.requests >= 7) || undefined)
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
        assert.match(app.stderr(), /cannot send metrics/)
        const families = await app.metrics()
        assert.equal(sumOf(families, 'http_client_request_duration_seconds_count'), 1)
        assert.equal(sumOf(families, 'agentgateway_llm_requests_total'), 0)
        assert.deepEqual(collector.received[0]?.fields.toSorted(), [
          'connection',
          'content-length',
          'content-type',
          'host',
          'user-agent',
        ])
      } finally {
        await app.stop('SIGKILL')
        await collector.close()
      }
    })
  }
})
