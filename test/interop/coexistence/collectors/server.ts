import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'

const DECODERS: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: (body) => gunzipSync(body),
  deflate: (body) => inflateSync(body),
  zstd: (body) => zstdDecompressSync(body),
}

const pem = (name: string) => fileURLToPath(new URL(`../../../fixtures/localhost.${name}.pem`, import.meta.url))

/** A certificate for `localhost`, which processes trust whose NODE_EXTRA_CA_CERTS is this file. */
export const CERTIFICATE_FILE = pem('cert')

/** The options of an https server with that certificate. */
export const CERTIFICATE = { key: readFileSync(pem('key')), cert: readFileSync(CERTIFICATE_FILE) }

/** Serves on a free port of the loopback interface, and sends what `respond` returns as JSON. */
export async function serveJson(
  respond: (path: string, body: Buffer, headers: http.IncomingHttpHeaders) => unknown,
  server: http.Server = http.createServer(),
) {
  server.on('request', async (request: http.IncomingMessage, response: http.ServerResponse) => {
    // The process of an agent may end in the middle of its request.
    const chunks = await request.toArray().catch(() => undefined)
    if (chunks === undefined) return
    const body = Buffer.concat(chunks)
    const decode = DECODERS[request.headers['content-encoding'] ?? '']
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(respond(request.url ?? '', decode ? decode(body) : body, request.headers)))
  })
  // Agents report connections, and on a busy machine idle ones would be made anew.
  server.keepAliveTimeout = 600_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
