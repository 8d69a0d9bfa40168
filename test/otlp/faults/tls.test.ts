import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { TLSSocket, type TLSSocketOptions } from 'node:tls'
import { createCertificateAuthority, readKeyPair } from '../../harness/certificates.ts'
import { until } from '../../harness/until.ts'
import { assertRecovers, assertSaid, exportsArrive, withApp } from './faulty-app.ts'
import { FaultyCollector } from './faulty-collector.ts'

/** Files of a certificate that is wrong: how they come to be, and what is said of them. */
const WRONG = {
  'know another authority': [
    (path: string) => copyFileSync(stranger.cert, path),
    /^the authority of the collector's certificate is not known .*OTEL_EXPORTER_OTLP_CERTIFICATE$/,
  ],
  'are not there': [
    (path: string) => rmSync(path, { force: true }),
    /^cannot read the file of OTEL_EXPORTER_OTLP_CERTIFICATE: ENOENT.*\.crt'$/,
  ],
  'are something else': [
    (path: string) => copyFileSync(new URL(import.meta.url), path),
    /^cannot use OTEL_EXPORTER_OTLP_CERTIFICATE=.*\.crt: no certificate is in the file$/,
  ],
} as const

const authority = createCertificateAuthority()
const stranger = createCertificateAuthority()
const server = readKeyPair(authority.issue('collector', 'DNS:localhost,IP:127.0.0.1'))
const client = authority.issue('client', 'DNS:client')

const createCollector = (options: TLSSocketOptions = {}, onSecure = (_socket: TLSSocket) => {}) =>
  new FaultyCollector((socket) => {
    const secure = new TLSSocket(socket, { isServer: true, ...server, ...options })
    return secure.on('secure', () => onSecure(secure))
  })

describe('the files of TLS', { concurrency: 4 }, () => {
  it('make exports arrive, and show the certificate of the client', () => {
    const names: unknown[] = []
    const collector = createCollector({ requestCert: true, ca: readFileSync(authority.cert) }, (socket) => {
      names.push(socket.getPeerCertificate().subject?.CN)
    })
    const env = {
      OTEL_EXPORTER_OTLP_CERTIFICATE: authority.cert,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: client.cert,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: client.key,
    }
    return withApp({ collector, env, intervalMs: 500 }, async () => {
      await exportsArrive(collector, 3)
      assert.deepEqual(new Set(names), new Set(['client']))
    })
  })

  it('make no difference to a handshake that never ends, which runs out of time', () => {
    const collector = new FaultyCollector((socket) => socket as TLSSocket)
    return withApp({ collector, fault: {}, intervalMs: 400 }, async (app) => {
      await until(() => collector.connections >= 3 || undefined)
      assertSaid(app, collector, /^no response within \d+ ms$/)
      await until(() => collector.open <= 1 || undefined)
    })
  })

  it('make no difference to a collector without TLS, of which that is said', () => {
    const collector = new FaultyCollector((socket) => socket as TLSSocket)
    const fault = { connected: (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n') }
    return withApp({ collector, fault, intervalMs: 400 }, async (app) => {
      await until(() => collector.connections >= 3 || undefined)
      assertSaid(app, collector, /^there is no TLS connection to the collector .*; is its URL one with http\?$/)
    })
  })

  for (const [name, [fill, says]] of Object.entries(WRONG)) {
    it(`that ${name} have one line on stderr, and are used when they are right`, () => {
      const path = join(authority.folder, `${name.replaceAll(' ', '-')}.crt`)
      fill(path)
      const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: path }
      return withApp({ collector: createCollector(), env, intervalMs: 1000 }, async (app, collector) => {
        await app.line(/cannot send/, 'stderr')
        assertSaid(app, collector, says)
        await assertRecovers(app, collector, () => copyFileSync(authority.cert, path))
      })
    })
  }
})
