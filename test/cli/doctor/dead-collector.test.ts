import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createCertificateAuthority, readKeyPair } from '../../harness/certificates.ts'
import { freePort } from '../../harness/free-port.ts'
import { startOtlpCollector } from '../../harness/otlp-collector.ts'
import type { ExportRequest } from '../../otlp/export-request.ts'
import { assertFound, at, createProject, type Diagnosis, FLAG, SERVER, serve } from './doctor.ts'

const project = createProject({ files: { 'server.js': SERVER } })
const port = await freePort()

/** Runs the doctor with this collector in the environment. */
const diagnoseWith = (endpoint: string, env: Readonly<Record<string, string>> = {}): Promise<Diagnosis> =>
  project.diagnose({ env: { ...at(port), OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env } })

const assertDead = (diagnosis: Diagnosis, what: RegExp) => assertFound(diagnosis, 'dead-collector', 'problem', what)

describe('doctor dead-collector', () => {
  const requests: ExportRequest[] = []
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>

  before(async () => {
    collector = await startOtlpCollector({ onMetrics: (request) => requests.push(request as ExportRequest) })
  })
  after(() => collector.close())

  for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
    it(`finds a collector well that accepts ${protocol}, to which it sends no metrics`, async () => {
      const endpoint = protocol === 'grpc' ? collector.grpcEndpoint : collector.endpoint
      requests.length = 0
      const diagnosis = await diagnoseWith(endpoint, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol })
      assert.deepEqual(diagnosis.of('dead-collector'), [])
      assert.equal(diagnosis.exitCode, 0)
      const [text = ''] = diagnosis.wellOf('dead-collector')
      assert.match(
        text,
        new RegExp(`^The collector at ${endpoint.replace(/\/$/, '')}\\S* by ${protocol} accepts exports\\.$`),
      )
      assert.equal(requests.length, 1)
      assert.deepEqual(
        requests.flatMap(({ resourceMetrics }) => resourceMetrics.flatMap((one) => one.scopeMetrics ?? [])),
        [],
      )
    })
  }

  it('reports a collector that does not listen, by HTTP and by gRPC', async () => {
    const endpoint = `http://user:geheim@127.0.0.1:${await freePort()}`
    for (const protocol of ['http/protobuf', 'grpc']) {
      const diagnosis = await diagnoseWith(endpoint, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol })
      assertDead(
        diagnosis,
        /^An export to http:\/\/127\.0\.0\.1:\d+\S* by \S+, which the environment configures, failed: .*ECONNREFUSED/,
      )
      assert.ok(!JSON.stringify(diagnosis).includes('geheim'))
    }
  })

  it('reports HTTP that is sent to the port for gRPC, and gRPC to the one for HTTP', async () => {
    assertDead(await diagnoseWith(collector.grpcEndpoint), /is this the port for gRPC\?/)
    const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
    assertDead(await diagnoseWith(collector.endpoint, grpc), /is this the port for HTTP\?/)
  })

  for (const [status, what] of [
    [401, /responded with 401 \(check OTEL_EXPORTER_OTLP_HEADERS\)/],
    [404, /responded with 404 \(check the path, which is usually \/v1\/metrics\)/],
    [415, /responded with 415 \(check OTEL_EXPORTER_OTLP_PROTOCOL\)/],
    [503, /responded with 503/],
  ] as const) {
    it(`reports a collector that responds with ${status}`, async () => {
      let exports = 0
      const url = await startServer((_, response) => {
        exports++
        response.writeHead(status).end()
      })
      assertDead(await diagnoseWith(url), what)
      assert.equal(exports, 1)
    })
  }

  it('hints at a server that is no collector, although it responds with 200', async () => {
    const url = await startServer((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    )
    assertFound(await diagnoseWith(url), 'dead-collector', 'hint', /the response is none of OTLP's/)
  })

  it('reports a collector whose certificate is not trusted, and finds it well with its authority', async () => {
    const authority = createCertificateAuthority()
    const keyPair = readKeyPair(authority.issue('collector', 'IP:127.0.0.1'))
    const server = createServer(keyPair, (_, response) => response.end())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    after(() => server.close())
    const { port } = server.address() as AddressInfo
    assertDead(await diagnoseWith(`https://127.0.0.1:${port}`), /authority of the collector's certificate is not known/)
    assertDead(await diagnoseWith(`http://127.0.0.1:${port}`), /failed: /)
    const trusting = await diagnoseWith(`https://127.0.0.1:${port}`, { OTEL_EXPORTER_OTLP_CERTIFICATE: authority.cert })
    assert.equal(trusting.wellOf('dead-collector').length, 1)
  })

  it('reports the collector of a process', { skip: process.platform !== 'linux' }, async () => {
    const dead = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` }
    const app = project.node([...FLAG, 'server.js'], { ...at(await freePort()), ...dead })
    await app.line(/^ready/)
    const what = new RegExp(`which process ${app.child.pid} \\(node server\\.js\\) configures, failed: .*ECONNREFUSED`)
    assertDead(await project.diagnose(), what)
    await app.stop()
  })

  it('asks no collector where none is configured', async () => {
    const diagnosis = await project.diagnose({ env: at(port) })
    assert.deepEqual([diagnosis.of('dead-collector'), diagnosis.wellOf('dead-collector')], [[], []])
  })
})

const startServer = async (handle: RequestListener) => `http://127.0.0.1:${await serve(handle)}`
