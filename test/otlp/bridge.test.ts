import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import { type App, startApp } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import type { Families, Sample } from '../harness/prometheus-text.ts'
import { DEADLINE_MS, until } from '../harness/until.ts'

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

/** What a collector receives by OTLP. */
interface ExportRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[]
  }[]
}

const toLabels = (attributes: readonly KeyValue[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? '']))

/** One value in a form that can be compared: name, sorted labels, number. */
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

  /** Waits for an export whose values are as wanted, and returns it. */
  const exported = (holds: (values: readonly string[]) => boolean): Promise<ExportRequest> =>
    until(
      () => {
        const last = received.at(-1)
        return last && holds(valuesOf(last)) ? last : undefined
      },
      () => `exported ${JSON.stringify(received.at(-1), null, 1)}`,
    )

  const express = new URL('../interop/http/apps/express.js', import.meta.url)
  const env = () => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_METRIC_EXPORT_INTERVAL: '200',
    OTEL_SERVICE_NAME: 'bridged',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=te%20st,service.name=not-this',
  })

  it('exports the values that a scrape has, and the resource attributes', async () => {
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
    // Several processes export as one service, and a collector has to tell their numbers apart.
    assert.match(resource['service.instance.id'] ?? '', /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/)
    const gateways = [...families.values()].flatMap(({ samples }) => samples.map(({ labels }) => labels.gateway))
    assert.deepEqual(new Set(gateways), new Set(['bridged']))
    await app.stop()
  })

  it('reports on stderr, once each, that the collector cannot be reached and that it can be reached again', async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const app = await startApp(express, {
      env: {
        ...env(),
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_METRIC_EXPORT_INTERVAL: '20',
        // On a busy machine, a response that takes longer than the interval would be a second failure.
        OTEL_METRIC_EXPORT_TIMEOUT: '30000',
      },
    })
    await drive(app)
    await app.line(/cannot send metrics to http:.*ECONNREFUSED/, 'stderr')
    const late = createServer((request, response) => request.resume().on('end', () => response.end())).listen(
      port,
      '127.0.0.1',
    )
    try {
      await app.line(/sent to http:.* again/, 'stderr')
      assert.equal(app.stderr().match(/cannot send.*ECONNREFUSED/g)?.length, 1, app.stderr())
    } finally {
      await app.stop()
      late.close()
    }
  })

  describe('keeps no process alive', { timeout: DEADLINE_MS }, () => {
    async function assertEnds(url: string, exporting: (app: App) => Promise<unknown>): Promise<void> {
      const app = await startApp(new URL('./apps/short-lived.js', import.meta.url), {
        env: {
          ...env(),
          OTEL_EXPORTER_OTLP_ENDPOINT: url,
          OTEL_METRIC_EXPORT_INTERVAL: '20',
          // An export that kept the process alive would do so for as long as the test may take.
          OTEL_METRIC_EXPORT_TIMEOUT: '2147483647',
        },
      })
      await exporting(app)
      app.child.stdin?.end()
      assert.deepEqual(await app.exit(), { code: 0, signal: null })
    }

    it('when the collector responds', async () => {
      const earlier = received.length
      await assertEnds(endpoint, () => until(() => received.length > earlier || undefined))
    })

    it('when the collector accepts a connection and never responds', async () => {
      const hanging = net.createServer(() => {}).listen(0, '127.0.0.1')
      await once(hanging, 'listening')
      const connected = once(hanging, 'connection')
      await assertEnds(`http://127.0.0.1:${(hanging.address() as net.AddressInfo).port}`, () => connected)
      hanging.close()
    })

    it('when the collector refuses connections', async () => {
      await assertEnds(`http://127.0.0.1:${await freePort()}`, (app) => app.line(/cannot send metrics/, 'stderr'))
    })
  })
})
