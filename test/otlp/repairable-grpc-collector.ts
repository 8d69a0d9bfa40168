import { once } from 'node:events'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import type { ExportRequest } from './export-request.ts'
import type { RepairableCollector } from './repairable-collector.ts'

const UNAVAILABLE = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14' }

/** Starts a collector for OTLP by gRPC, whose status is `UNAVAILABLE` until it is repaired. */
export async function startRepairableGrpcCollector(): Promise<RepairableCollector> {
  const accepted: ExportRequest[] = []
  const collector = await startOtlpCollector({ onMetrics: (metrics) => accepted.push(metrics as ExportRequest) })
  const client = http2.connect(collector.grpcEndpoint)
  const refused = new Set<string>()
  const sessions = new Set<http2.Http2Session>()
  let isRepaired = false

  const server = http2.createServer()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', async (stream, { ':path': path, ...headers }) => {
    stream.on('error', () => {})
    // The client may have given up in the middle of its call.
    const received = await stream.toArray().catch(() => undefined)
    if (received === undefined) return
    const body = Buffer.concat(received)
    if (!isRepaired) {
      refused.add(body.toString('base64'))
      stream.respond(UNAVAILABLE, { endStream: true })
      return
    }
    // What the client no longer waits for would be sent again.
    if (stream.destroyed) return
    const fields = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
    const forwarded = client.request({ ...Object.fromEntries(fields), ':method': 'POST', ':path': path ?? '' })
    const [head, trailers, chunks] = await Promise.all([
      once(forwarded, 'response'),
      once(forwarded, 'trailers'),
      forwarded.end(body).toArray(),
    ])
    stream.respond({ ':status': 200, 'content-type': head[0]['content-type'] }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': trailers[0]['grpc-status'] }))
    stream.end(Buffer.concat(chunks))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    refused: () => refused.size,
    repair() {
      isRepaired = true
    },
    async close() {
      client.destroy()
      for (const session of sessions) session.destroy()
      server.close()
      await collector.close()
    },
  }
}
