import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import { type App, startApp } from '../harness/app.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import type { Families, Sample } from '../harness/prometheus-text.ts'

interface KeyValue {
  readonly key: string
  readonly value: { readonly stringValue?: string }
}

interface DataPoint {
  readonly attributes: readonly KeyValue[]
  readonly asDouble?: number
  readonly asInt?: string | number
  readonly count?: string | number
  readonly sum?: number
}

interface OtlpMetric {
  readonly name: string
  readonly sum?: { readonly dataPoints: readonly DataPoint[] }
  readonly histogram?: { readonly dataPoints: readonly DataPoint[] }
}

/** What a collector gets by OTLP. */
interface ExportRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[]
  }[]
}

const toLabels = (attributes: readonly KeyValue[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? '']))

/** One value as it may be compared: name, labels in order, number. */
const entry = (name: string, labels: Readonly<Record<string, string>>, value: unknown) =>
  `${name} ${JSON.stringify(
    Object.entries(labels)
      .filter(([key]) => key !== 'gateway')
      .sort(),
  )} ${Number(value)}`

function valuesOf(request: ExportRequest): string[] {
  return request.resourceMetrics
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .flatMap(({ name, sum, histogram }) => [
      ...(sum?.dataPoints ?? []).map((point) => entry(name, toLabels(point.attributes), point.asDouble ?? point.asInt)),
      ...(histogram?.dataPoints ?? []).flatMap((point) => [
        entry(`${name}_count`, toLabels(point.attributes), point.count),
        entry(`${name}_sum`, toLabels(point.attributes), point.sum),
      ]),
    ])
    .sort()
}

const scraped = (families: Families) =>
  [...families.values()]
    .flatMap(({ samples }) => samples)
    .filter(({ name }: Sample) => !name.endsWith('_bucket'))
    .map(({ name, labels, value }) => entry(name, labels, value))
    .sort()

describe('the OTLP bridge', () => {
  const received: ExportRequest[] = []
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  let endpoint: string

  before(async () => {
    collector = await startOtlpCollector({ onMetrics: (metrics) => received.push(metrics as ExportRequest) })
    endpoint = collector.endpoint
  })
  after(() => collector.close())

  async function drive(app: App): Promise<void> {
    for (const path of ['/', '/users/1', '/users/2', '/nowhere']) {
      const response = await fetch(`http://127.0.0.1:${app.ready}${path}`, { headers: { connection: 'close' } })
      await response.arrayBuffer()
    }
  }

  /** Waits for an export of which this holds; the last one is returned. */
  async function exported(holds: (values: readonly string[]) => boolean): Promise<ExportRequest> {
    const deadline = performance.now() + 30_000
    for (;;) {
      const last = received.at(-1)
      if (last && holds(valuesOf(last))) return last
      if (performance.now() > deadline) assert.fail(`not exported: ${JSON.stringify(last && valuesOf(last), null, 1)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  const express = new URL('../interop/http/apps/express.js', import.meta.url)
  const env = () => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_METRIC_EXPORT_INTERVAL: '200',
    OTEL_SERVICE_NAME: 'bridged',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=te%20st,service.name=not-this',
  })

  it('sends the values that the scrape has, and the resource', async () => {
    const app = await startApp(express, { env: env() })
    await drive(app)
    const families = await app.metricsWhen((families) => {
      const values = scraped(families)
      return (
        values.filter((value) => value.startsWith(`${METRICS.requests.name} `)).length === 3 &&
        values.some((value) => value.startsWith(METRICS.connectionsActive.name) && value.endsWith(' 0'))
      )
    })
    const expected = scraped(families)
    const last = await exported((values) => values.join() === expected.join())
    assert.deepEqual(valuesOf(last), expected)
    const resource = toLabels(last.resourceMetrics[0]?.resource.attributes ?? [])
    assert.equal(resource['service.name'], 'bridged')
    assert.equal(resource['deployment.environment.name'], 'te st')
    // Several processes send as one service: a collector has to tell their numbers apart.
    assert.match(resource['service.instance.id'] ?? '', /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/)
    const gateways = [...families.values()].flatMap(({ samples }) => samples.map(({ labels }) => labels.gateway))
    assert.deepEqual(new Set(gateways), new Set(['bridged']))
    await app.stop()
  })

  it('says once that the collector cannot be reached, and that it can be again', async () => {
    const probe = net.createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as net.AddressInfo
    probe.close()
    await once(probe, 'close')
    const url = `http://127.0.0.1:${port}`
    const app = await startApp(express, {
      env: { ...env(), OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: '20' },
    })
    await drive(app)
    await app.line(/cannot send metrics to http:.*ECONNREFUSED/, 'stderr')
    const late = createServer((request, response) => request.resume().on('end', () => response.end())).listen(
      port,
      '127.0.0.1',
    )
    await app.line(/sent to http:.* again/, 'stderr')
    assert.equal(app.stderr().match(/cannot send/g)?.length, 1)
    await app.stop()
    late.close()
  })

  it('keeps no process alive, whether the collector answers, hangs or is gone', async () => {
    const hanging = net.createServer(() => {}).listen(0, '127.0.0.1')
    await once(hanging, 'listening')
    const gone = net.createServer().listen(0, '127.0.0.1')
    await once(gone, 'listening')
    const portOf = (server: net.Server) => (server.address() as net.AddressInfo).port
    const endpoints = [endpoint, `http://127.0.0.1:${portOf(hanging)}`, `http://127.0.0.1:${portOf(gone)}`]
    gone.close()
    for (const url of endpoints) {
      const app = await startApp(new URL('./apps/short-lived.js', import.meta.url), {
        env: { ...env(), OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: '20' },
      })
      // The app says when its work is done; what comes after that is ours.
      await app.line(/^done$/)
      const done = performance.now()
      const { code } = await app.exit()
      assert.equal(code, 0)
      assert.ok(performance.now() - done < 5000, `${url}: ended ${performance.now() - done} ms after its work`)
    }
    hanging.close()
  })
})
