import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp } from '../harness/app.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'

interface OtlpMetric {
  readonly name: string
  readonly unit: string
  readonly histogram?: { readonly dataPoints: readonly { readonly count: string | number }[] }
}

interface ExportRequest {
  readonly resourceMetrics: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[] }[]
}

const SERVER = 'http_server_request_duration_seconds'
const CLIENT = 'http_client_request_duration_seconds'
const ON = { AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true' }
const REQUESTS = 5

describe("OpenTelemetry's HttpInstrumentation, switched on", () => {
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  let last: ExportRequest | undefined
  before(async () => {
    collector = await startOtlpCollector({
      onMetrics: (metrics) => {
        last = metrics as ExportRequest
      },
    })
  })
  after(() => collector.close())

  async function drive(port: string): Promise<void> {
    for (let i = 0; i < REQUESTS; i++) {
      const response = await fetch(`http://127.0.0.1:${port}/call`, { headers: { connection: 'close' } })
      assert.equal(await response.text(), 'called')
    }
  }

  for (const preload of ['--import', '--require'] as const) {
    for (const file of ['calls-itself.cjs', 'calls-itself.mjs']) {
      it(`counts the requests that ${file} serves and sends under ${preload}, and no scrapes or exports`, async () => {
        const app = await startApp(new URL(`./apps/${file}`, import.meta.url), {
          preload,
          env: {
            ...ON,
            OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
            OTEL_METRIC_EXPORT_INTERVAL: '50',
          },
        })
        for (let i = 0; i < 3; i++) await app.metrics()
        await drive(app.ready)
        // The server sends itself a second request for each one.
        const expected = { served: 2 * REQUESTS, sent: REQUESTS }
        const families = await app.metricsWhen((families) => sumOf(families, `${SERVER}_count`) >= expected.served)
        assert.equal(sumOf(families, `${SERVER}_count`), expected.served)
        assert.equal(sumOf(families, `${CLIENT}_count`), expected.sent)
        assert.equal(sumOf(families, 'agentgateway_requests_total'), expected.served)
        const own = families.get(SERVER)?.samples.find(({ name }) => name === `${SERVER}_count`)
        assert.deepEqual(Object.keys(own?.labels ?? {}).sort(), [
          'gateway',
          'http_request_method',
          'http_response_status_code',
          'network_protocol_version',
          'url_scheme',
        ])

        last = undefined
        const exported = (await until(() => last)).resourceMetrics.flatMap(({ scopeMetrics }) =>
          scopeMetrics.flatMap(({ metrics }) => metrics),
        )
        const standard = exported.filter(({ name }) => name.startsWith('http.'))
        assert.deepEqual(
          standard.map(({ name, unit, histogram }) => [name, unit, countOf(histogram)]),
          [
            ['http.server.request.duration', 's', expected.served],
            ['http.client.request.duration', 's', expected.sent],
          ],
        )
        await app.stop()
      })
    }
  }

  it('is not loaded, and replaces nothing of Node.js, unless it is switched on', async () => {
    const app = await startApp(new URL('./apps/calls-itself.mjs', import.meta.url))
    await drive(app.ready)
    const families = await app.metricsWhen(
      (families) => sumOf(families, 'agentgateway_requests_total') === 2 * REQUESTS,
    )
    assert.deepEqual(
      [...families.keys()].filter((name) => !name.startsWith('agentgateway_')),
      [],
    )
    assert.match(app.stdout(), /^own emit false$/m)
    await app.stop()
  })
})

const countOf = (histogram: OtlpMetric['histogram']) =>
  (histogram?.dataPoints ?? []).reduce((sum, { count }) => sum + Number(count), 0)
