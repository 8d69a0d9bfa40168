import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { startApp } from '../harness/app.ts'
import { createCertificateAuthority, readKeyPair } from '../harness/certificates.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { until } from '../harness/until.ts'
import { type ExportRequest, labelsOf, metricsOf, pointsOf } from '../otlp/export-request.ts'
import { GrpcCollector } from '../otlp/faults/grpc-collector.ts'

const README = readFileSync(new URL('../../packages/agentgateway-otel/README.md', import.meta.url), 'utf8')
const [, SECTION = ''] = /^## Sending to a collector\n([\s\S]*?)^## /m.exec(README) ?? []
const APP = new URL('../otlp/apps/names-its-resources.js', import.meta.url)

/** The variables that each example sets for the app. */
const EXAMPLES = Array.from(SECTION.matchAll(/```sh\n([\s\S]*?)```/g), ([, code = '']) => {
  const words = code.replaceAll('\\\n', ' ').trim().split(/\s+/)
  const command = words.splice(words.indexOf('node')).join(' ')
  assert.equal(command, 'node --import agentgateway-otel/register app.js')
  return Object.fromEntries(words.map((word) => [word.replace(/=.*/, ''), word.replace(/^.*?=/, '')]))
})

/** Starts an app as in the example, with the collector's address and the files of the folder. */
function start(example: Readonly<Record<string, string>> | undefined, endpoint: string, folder: string) {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, ...others } = example ?? assert.fail('the example is not there')
  assert.match(OTEL_EXPORTER_OTLP_ENDPOINT ?? '', /^https?:\/\/localhost:431[78]$/)
  const env = Object.entries(others).map(([name, value]) => [
    name,
    /\.(?:crt|key)$/.test(value) ? join(folder, value) : value,
  ])
  return startApp(APP, {
    env: { ...Object.fromEntries(env), OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_METRIC_EXPORT_INTERVAL: '500' },
  })
}

describe('the examples of "Sending to a collector"', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sending-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('send to a collector by HTTP, with gateway on each point', async () => {
    const received: ExportRequest[] = []
    const collector = await startOtlpCollector({ onMetrics: (metrics) => received.push(metrics as ExportRequest) })
    const app = await start(EXAMPLES[0], collector.endpoint, folder)
    const points = metricsOf(await until(() => received.at(-1))).flatMap((metric) => pointsOf(metric))
    await app.stop('SIGKILL')
    await collector.close()
    assert.deepEqual(new Set(points.map(({ attributes }) => labelsOf(attributes).gateway)), new Set(['shop']))
  })

  it('send to a collector by gRPC, compressed, over TLS with a certificate of the client, and with the token', async () => {
    const authority = createCertificateAuthority()
    const client = authority.issue('client', 'DNS:client')
    copyFileSync(authority.cert, join(folder, 'ca.crt'))
    copyFileSync(client.cert, join(folder, 'client.crt'))
    copyFileSync(client.key, join(folder, 'client.key'))
    const collector = new GrpcCollector({
      ...readKeyPair(authority.issue('collector', 'DNS:localhost,IP:127.0.0.1')),
      ca: readFileSync(authority.cert),
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: ['h2'],
    })
    await collector.listen()
    const app = await start(EXAMPLES[1], collector.url, folder)
    const { headers, body } = await until(
      () => collector.received[0],
      () => app.stderr(),
    )
    await app.stop('SIGKILL')
    await collector.close()
    assert.equal(headers.authorization, 'Bearer secret')
    assert.equal(headers['grpc-encoding'], 'gzip')
    assert.ok(gunzipSync(body.subarray(5)).includes('agentgateway_requests_total'))
  })
})
