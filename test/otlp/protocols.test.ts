import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS, trickle } from '../../examples/agent/traffic.js'
import { scrape, startApp } from '../harness/app.ts'
import { demoEnv } from '../harness/environment.ts'
import { LOADS_HTTP2 } from '../harness/loads-http2.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import type { Families } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import { comparable, type ExportRequest, kindOf, labelsOf, metricsOf, pointsOf, samplesOf } from './export-request.ts'

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const

/** The code of each protocol: its transport, and its format, which the first export reads. */
const CODE = {
  'http/protobuf': ['otlp-http.cjs', 'otlp-protobuf.cjs'],
  'http/json': ['otlp-http.cjs', 'otlp-json.cjs'],
  grpc: ['otlp-grpc.cjs', 'otlp-protobuf.cjs'],
}

const REPORTS_READS = fileURLToPath(new URL('apps/reports-reads.cjs', import.meta.url))

/** What each kind of metric is in OTLP. A gauge is a sum that may fall: the app counts up and down. */
const KINDS = { counter: 'monotonic sum', gauge: 'sum', histogram: 'histogram' }

function assertKinds(request: ExportRequest): void {
  assert.deepEqual(
    metricsOf(request)
      .map((metric) => [metric.name, kindOf(metric), metric.unit])
      .sort(),
    DEFAULT_METRICS.map(({ name, kind, unit }) => [name, KINDS[kind], unit]).sort(),
  )
}

const scraped = (families: Families) => comparable([...families.values()].flatMap(({ samples }) => samples))

describe('the OTLP protocols', () => {
  let received: ExportRequest[] = []
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  before(async () => {
    collector = await startOtlpCollector({ onMetrics: (metrics) => received.push(metrics as ExportRequest) })
  })
  after(() => collector.close())

  const env = (protocol: (typeof PROTOCOLS)[number]) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? collector.grpcEndpoint : collector.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_METRIC_EXPORT_INTERVAL: '100',
  })

  async function exportEqualTo(expected: readonly string[]): Promise<ExportRequest> {
    let last: readonly string[] = []
    return until(
      () => {
        const request = received.at(-1)
        if (request === undefined) return undefined
        last = comparable(samplesOf(request))
        return last.join('\n') === expected.join('\n') ? request : undefined
      },
      () =>
        `exported without ${expected.filter((sample) => !last.includes(sample)).join('\n')}
         and with ${last.filter((sample) => !expected.includes(sample)).join('\n')}`,
    )
  }

  for (const protocol of PROTOCOLS) {
    it(`${protocol} exports each series of a scrape with its value, its buckets and its labels, and nothing else`, async () => {
      received = []
      const demo: Demo = await start({ env: { ...demoEnv('shop'), ...env(protocol) } })
      try {
        for (const step of STEPS) await step.run(demo)
        await trickle(demo)
        await demo.proxy.quiet()
        assert.deepEqual(demo.proxy.failures, [])
        const families = await scrape(demo.metricsUrl)
        const request = await exportEqualTo(scraped(families))
        assert.equal(families.size, 11)
        assertKinds(request)
        const { resource } = request.resourceMetrics[0] as ExportRequest['resourceMetrics'][number]
        const attributes = labelsOf(resource.attributes)
        assert.equal(attributes['service.name'], 'shop')
        // Receivers that make labels of a resource's attributes would have it twice.
        assert.equal('gateway' in attributes, false)
      } finally {
        await demo.stop()
      }
    })

    it(`${protocol} reads the code of no other protocol`, async () => {
      received = []
      const app = await startApp(new URL('../interop/http/apps/express.js', import.meta.url), {
        preload: '--require',
        earlierOptions: ['--require', REPORTS_READS],
        env: env(protocol),
      })
      await fetch(`http://127.0.0.1:${app.ready}/`)
      await until(() => received.at(-1))
      await app.line(/^looks at modules$/, 'stderr')
      await app.line(new RegExp(`^reads ${CODE[protocol][1]}$`), 'stderr')
      const read = [...app.stderr().matchAll(/^reads (.+)$/gm)].map(([, name]) => name)
      assert.deepEqual(read.toSorted(), [...CODE[protocol], 'otlp-resource.cjs', 'otlp.cjs'])
      assert.equal(/^http2 is loaded$/m.test(app.stderr()), LOADS_HTTP2 || protocol === 'grpc')
      await app.stop()
    })
  }

  it('put gateway on the points of other metrics too', async () => {
    received = []
    const app = await startApp(new URL('apps/calls-itself.mjs', import.meta.url), {
      env: { ...env('http/protobuf'), AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true', OTEL_SERVICE_NAME: 'calls' },
    })
    await fetch(`http://127.0.0.1:${app.ready}/call`)
    const exported = await until(() => {
      const last = received.at(-1)
      const names = last && metricsOf(last).map(({ name }) => name)
      return names?.includes('http.client.request.duration') ? last : undefined
    })
    for (const metric of metricsOf(exported)) {
      for (const { attributes } of pointsOf(metric)) assert.equal(labelsOf(attributes).gateway, 'calls', metric.name)
    }
    await app.stop()
  })
})
