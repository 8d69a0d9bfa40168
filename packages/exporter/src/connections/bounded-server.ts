import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { BOUNDS } from '../bounds.ts'
import { httpInternalsOf } from '../node-internals.ts'
import { type Admit, createHttpServer } from '../unpatched-net.ts'

/** How often it is looked for clients that take too long for a request. Node.js does so every 30 seconds by default. */
const CHECK_MS = 1000

/**
 * Creates an HTTP server that grants its clients a bounded amount of time and of bytes, and keeps no process alive.
 *
 * @param onConnection gets every connection that is served. It must not throw.
 * @param onRequest gets every request, also one that expects something (`Expect`) or has no `Host`. It must not throw.
 * @param admit decides which connections are served, and over which sockets. Default: all are, as they are accepted.
 */
export function createBoundedServer(
  onConnection: (socket: Socket) => void,
  onRequest: RequestListener,
  admit?: Admit,
): Server {
  const server = createHttpServer(
    {
      connectionsCheckingInterval: CHECK_MS,
      headersTimeout: BOUNDS.requestMs,
      keepAliveTimeout: BOUNDS.idleMs,
      maxHeaderSize: BOUNDS.headBytes,
      requestTimeout: BOUNDS.requestMs,
      // Node.js would send the response itself, and not count the request as one in flight.
      requireHostHeader: false,
    },
    onRequest,
    admit,
  )
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('connect', refuseTunnel)
  server.on('connection', (socket) => {
    socket.unref()
    onConnection(socket)
  })
  httpInternalsOf(server).httpAllowHalfOpen = true
  server.unref()
  return server
}

/** Responds to CONNECT, for which Node.js makes no response. An `Upgrade` needs no refusal: Node.js ignores it. */
function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => {})
  socket.write('HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  // It is the socket that the server accepted.
  const accepted = socket as Socket
  accepted.destroySoon()
}
