import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** A server that passes the requests of HTTP on to a collector, without their compression, which that cannot read. */
export async function startDecompressingRelay(to: string) {
  const server = http.createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      // The app has ended in the middle of its request.
      return
    }
    const body = Buffer.concat(chunks)
    const { 'content-type': type = '', 'content-encoding': encoding } = request.headers
    const accepted = await fetch(new URL(request.url ?? '', to), {
      method: 'POST',
      headers: { 'content-type': type },
      body: encoding === 'gzip' ? gunzipSync(body) : body,
    })
    response.writeHead(accepted.status, { 'content-type': type }).end(new Uint8Array(await accepted.arrayBuffer()))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
