import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { after, before, describe, it } from 'node:test'
import { startApp } from '../harness/app.ts'
import { createCertificateAuthority, readKeyPair } from '../harness/certificates.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { until } from '../harness/until.ts'
import { type ConnectionProxyOptions, startConnectionProxy } from './connection-proxy.ts'
import { startDecompressingRelay } from './decompressing-relay.ts'
import { type ExportRequest, labelsOf } from './export-request.ts'

const APP = new URL('./apps/names-its-resources.js', import.meta.url)

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const

const authority = createCertificateAuthority()
const server = readKeyPair(authority.issue('collector', 'DNS:localhost,IP:127.0.0.1,IP:::1'))
const client = authority.issue('client', 'DNS:client')

const tlsOf = (protocol: string) => ({ ...server, ALPNProtocols: [protocol === 'grpc' ? 'h2' : 'http/1.1'] })

const CA = { OTEL_EXPORTER_OTLP_CERTIFICATE: authority.cert }

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)

describe('exports', { concurrency: 4 }, () => {
  const received: ExportRequest[] = []
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  let relay: Awaited<ReturnType<typeof startDecompressingRelay>>
  before(async () => {
    collector = await startOtlpCollector({ onMetrics: (metrics) => received.push(metrics as ExportRequest) })
    relay = await startDecompressingRelay(collector.endpoint)
  })
  after(async () => {
    relay?.close()
    await collector?.close()
  })

  let services = 0

  /** Waits for exports of an app to arrive over the proxy. Returns what is known of its connections. */
  async function arrive(
    protocol: (typeof PROTOCOLS)[number],
    endpoint: (port: number) => string,
    env: Readonly<Record<string, string>> = {},
    options: Omit<ConnectionProxyOptions, 'to'> = {},
  ) {
    const proxy = await startConnectionProxy({
      ...options,
      to: protocol === 'grpc' ? collector.grpcEndpoint : relay.endpoint,
    })
    const service = `service-${++services}`
    const app = await startApp(APP, {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(proxy.port),
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        OTEL_SERVICE_NAME: service,
        AGENTGATEWAY_EXPORT_AT_END: 'false',
        ...env,
      },
    })
    try {
      const isOfApp = ({ resourceMetrics }: ExportRequest) =>
        resourceMetrics.some(({ resource }) => labelsOf(resource.attributes)['service.name'] === service)
      await until(
        () => received.filter(isOfApp).length >= 2 || undefined,
        () => `exports arrive\n${app.stderr()}`,
      )
      assert.match(app.stderr(), /^agentgateway-otel: \S+, metrics on http\S+\n$/)
      return { receivedBytes: proxy.receivedBytes(), clients: proxy.clients }
    } finally {
      await app.stop('SIGKILL')
      proxy.close()
    }
  }

  for (const protocol of PROTOCOLS) {
    it(`by ${protocol} arrive compressed, and are shorter then`, async () => {
      const [whole, compressed] = await Promise.all(
        ['none', 'gzip'].map((compression) =>
          arrive(protocol, (port) => `http://127.0.0.1:${port}`, { OTEL_EXPORTER_OTLP_COMPRESSION: compression }),
        ),
      )
      const sizes = [whole, compressed].map((connection) => connection?.receivedBytes ?? 0) as [number, number]
      assert.ok(sizes[1] > 0 && sizes[1] < 0.7 * sizes[0], `${sizes} bytes`)
    })

    it(`by ${protocol} arrive over TLS, by a name and by an address`, async () => {
      const options = { tls: tlsOf(protocol) }
      await arrive(protocol, (port) => `https://localhost:${port}`, CA, options)
      await arrive(protocol, (port) => `https://127.0.0.1:${port}`, CA, options)
    })

    it(`by ${protocol} arrive over TLS with a certificate of the client, compressed too`, async () => {
      const env = {
        ...CA,
        OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE: client.cert,
        OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY: client.key,
        OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'gzip',
      }
      const tls = { ...tlsOf(protocol), ca: readFileSync(authority.cert), requestCert: true, rejectUnauthorized: true }
      const { clients } = await arrive(protocol, (port) => `https://localhost:${port}`, env, { tls })
      assert.deepEqual(clients, new Set(['client']))
    })

    it(`by ${protocol} arrive at an address of IPv6, with TLS and without`, { skip: !hasIPv6 }, async () => {
      await arrive(protocol, (port) => `http://[::1]:${port}`, {}, { host: '::1' })
      await arrive(protocol, (port) => `https://[::1]:${port}`, CA, { host: '::1', tls: tlsOf(protocol) })
    })
  }

  it('by grpc to an endpoint without a scheme have TLS, unless OTEL_EXPORTER_OTLP_INSECURE says otherwise', async () => {
    await arrive('grpc', (port) => `localhost:${port}`, CA, { tls: tlsOf('grpc') })
    await arrive('grpc', (port) => `localhost:${port}`, { OTEL_EXPORTER_OTLP_INSECURE: 'true' })
    await arrive('grpc', (port) => `localhost:${port}`, { OTEL_EXPORTER_OTLP_METRICS_INSECURE: 'True' })
    // A scheme comes before the variable.
    const env = { ...CA, OTEL_EXPORTER_OTLP_INSECURE: 'true' }
    await arrive('grpc', (port) => `https://localhost:${port}`, env, { tls: tlsOf('grpc') })
  })
})
