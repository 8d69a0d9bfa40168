import { once } from 'node:events'
import { createServer, request as forward, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Proxy {
  readonly url: string
  close(): Promise<void>
}

/** A forward proxy that sends every host's requests to the provider: plain ones, and tunnels (CONNECT), with TLS to port 443. */
export async function startProxy(ports: { readonly http: number; readonly tls: number }): Promise<Proxy> {
  const sockets = new Set<Duplex>()
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '')
    const { method, headers } = request
    const upstream = forward({ port: ports.http, method, headers, path: pathname + search })
    upstream.on('response', (incoming: IncomingMessage) => {
      response.writeHead(incoming.statusCode ?? 502, incoming.headers)
      incoming.on('error', () => response.destroy()).pipe(response)
    })
    upstream.on('error', () => response.destroy())
    response.on('close', () => upstream.destroy())
    request.pipe(upstream)
  })
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    const upstream = connect(request.url?.endsWith(':443') ? ports.tls : ports.http, '127.0.0.1')
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    client.pipe(upstream).pipe(client)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy()).on('close', () => to.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
