import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'

/** A request as an HTTP/2 server served it. */
export interface ServedStream {
  readonly method: string
  readonly target: string
  readonly requestBytes: number
  readonly responseBytes: number
}

export const certificate = new URL('../../fixtures/localhost.cert.pem', import.meta.url)
const key = new URL('../../fixtures/localhost.key.pem', import.meta.url)

/**
 * Starts an HTTP/2 server, over TLS, that records what it serves in `served`. It responds with the body of the request,
 * or with the path where there is none. It sends only half a response to `/hang`, and resets `/reset`; these are not
 * recorded.
 */
export async function startLedger(): Promise<{ origin: string; served: ServedStream[]; close(): void }> {
  const served: ServedStream[] = []
  const sessions = new Set<http2.ServerHttp2Session>()
  const server = http2.createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) })
  server.on('session', (session) => sessions.add(session.on('error', () => {})))
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {})
    const { ':method': method = '', ':path': target = '' } = headers
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const response = body.length > 0 ? body : target
    stream.respond({ ':status': 200 })
    if (target === '/hang') {
      stream.write('half')
    } else if (target === '/reset') {
      stream.write('half', () => setImmediate(() => stream.destroy(new Error('reset'))))
    } else {
      served.push({ method, target, requestBytes: body.length, responseBytes: Buffer.byteLength(response) })
      stream.end(response)
    }
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    served,
    close() {
      for (const session of sessions) session.destroy()
      server.close()
    },
  }
}
