import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import tls, { type TLSSocket, type TlsOptions } from 'node:tls'

export interface ConnectionProxyOptions {
  /** Where the connections go, without TLS. */
  readonly to: string
  /** The address to listen on. Default: `127.0.0.1`. */
  readonly host?: string | undefined
  /** Default: connections have no TLS. */
  readonly tls?: TlsOptions | undefined
}

/** A server that passes the bytes of its connections on to another one, and may end TLS. */
export async function startConnectionProxy({ to, host = '127.0.0.1', tls: options }: ConnectionProxyOptions) {
  const { hostname, port } = new URL(to)
  const sockets = new Set<Socket>()
  /** The names in the certificates that clients showed. */
  const clients = new Set<unknown>()
  let receivedBytes = 0

  function accept(socket: Socket | TLSSocket): void {
    if ('getPeerCertificate' in socket) clients.add(socket.getPeerCertificate().subject?.CN)
    const target = net.connect(Number(port), hostname)
    for (const end of [socket, target]) {
      sockets.add(end)
      end.on('error', () => {})
      end.on('close', () => {
        socket.destroy()
        target.destroy()
      })
    }
    socket.on('data', (chunk: Buffer) => {
      receivedBytes += chunk.length
    })
    socket.pipe(target).pipe(socket)
  }

  const server = options === undefined ? net.createServer(accept) : tls.createServer(options, accept)
  server.on('tlsClientError', () => {})
  await once(server.listen(0, host), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    clients,
    receivedBytes: () => receivedBytes,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
