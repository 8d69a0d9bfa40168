import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../harness/app.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { sumOf } from '../harness/prometheus-text.ts'

describe('an app that fakes timers and clocks', () => {
  let app: App
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  const exports: unknown[] = []

  before(async () => {
    collector = await startOtlpCollector({ onMetrics: (request) => void exports.push(request) })
    app = await startApp(new URL('apps/fakes-its-clock.cjs', import.meta.url), {
      env: {
        OTEL_METRICS_EXPORTER: 'prometheus,otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '50',
        AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true',
      },
    })
  })
  after(async () => {
    await app.stop()
    await collector.close()
  })

  it('has real durations in its metrics, and OTLP exports continue', async () => {
    await (await fetch(`http://127.0.0.1:${app.ready}/late`)).text()
    const families = await app.metricsWhen((now) => sumOf(now, 'agentgateway_requests_total') === 1)
    const seconds = sumOf(families, 'agentgateway_request_duration_seconds_sum')
    assert.ok(seconds >= 0.045 && seconds < 30, `${seconds} s`)

    const before = exports.length
    await app.metricsWhen(() => exports.length > before + 1)
  })

  it('sees no timer that it did not set itself', async () => {
    const noted = await (await fetch(`http://127.0.0.1:${app.ready}/noted`)).json()
    assert.deepEqual(noted, [])
  })
})
