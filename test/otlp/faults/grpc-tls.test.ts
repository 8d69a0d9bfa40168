import { describe, it } from 'node:test'
import { createCertificateAuthority, readKeyPair } from '../../harness/certificates.ts'
import { until } from '../../harness/until.ts'
import { assertSaid, exportsArrive, runApp } from './faulty-app.ts'
import { GrpcCollector, type GrpcFault } from './grpc-collector.ts'

const authority = createCertificateAuthority()
const stranger = createCertificateAuthority()
const server = readKeyPair(authority.issue('collector', 'DNS:localhost,IP:127.0.0.1'))
const elsewhere = readKeyPair(authority.issue('elsewhere', 'DNS:elsewhere.example'))

const TLS = { ...server, ALPNProtocols: ['h2'] }

/** What is wrong with the TLS of a collector, and what is said of it. */
const WRONG: Readonly<Record<string, { collector: GrpcCollector; ca?: string; fault?: GrpcFault; says: RegExp }>> = {
  'has a certificate of another authority': {
    collector: new GrpcCollector(TLS),
    ca: stranger.cert,
    says: /^the authority of the collector's certificate is not known .*OTEL_EXPORTER_OTLP_CERTIFICATE$/,
  },
  'has a certificate for another name': {
    collector: new GrpcCollector({ ...TLS, ...elsewhere }),
    says: /^Hostname\/IP does not match certificate.s altnames: IP: 127\.0\.0\.1 is not/,
  },
  'knows only HTTP/1.1': {
    collector: new GrpcCollector({ ...TLS, ALPNProtocols: ['http/1.1'] }),
    says: /^the collector does not speak HTTP\/2 there; is this the port for HTTP\?/,
  },
  'has no TLS': {
    collector: new GrpcCollector(TLS),
    fault: { connected: (socket) => socket.resume().write('HTTP/1.1 400 Bad Request\r\n\r\n') },
    says: /^there is no TLS connection to the collector .*; is its URL one with http\?$/,
  },
  'never ends the handshake': {
    collector: new GrpcCollector(TLS),
    fault: { connected: (socket) => void socket.resume() },
    says: /^no response within \d+ ms$/,
  },
}

describe('a collector of gRPC over TLS that', { concurrency: 5 }, () => {
  it('is as it should be has the exports over one connection', async () => {
    const collector = new GrpcCollector(TLS)
    await runApp({ collector, intervalMs: 500, env: { OTEL_EXPORTER_OTLP_CERTIFICATE: authority.cert } }, async () => {
      await exportsArrive(collector, 1)
      collector.turn()
      await exportsArrive(collector, 3)
      await until(() => collector.open <= 1 || undefined)
    })
  })

  for (const [name, { collector, ca = authority.cert, fault, says }] of Object.entries(WRONG)) {
    it(`${name} has one line on stderr, and leaves no connection open`, async () => {
      await runApp({ collector, fault, intervalMs: 500, env: { OTEL_EXPORTER_OTLP_CERTIFICATE: ca } }, async (app) => {
        await until(() => collector.connections >= 3 || undefined)
        assertSaid(app, collector, says)
        await until(() => collector.open <= 1 || undefined)
      })
    })
  }
})
