import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TurnQueue } from '../body/turn-queue.ts'
import { BOUNDS } from '../bounds.ts'
import { httpInternalsOf } from '../node-internals.ts'
import { type Admit, createHttpServer } from '../unpatched-net.ts'
import { Connections } from './connections.ts'
import { allowSingleRequests } from './single-requests.ts'

/** How often it is looked for clients that take too long for a request. Node.js does so every 30 seconds by default. */
const CHECK_MS = 1000

/**
 * Creates an HTTP server that grants its clients a bounded amount of everything, and keeps no process alive.
 *
 * @param onRequest gets every request, also one that expects something (`Expect`) or has no `Host`. It must not throw.
 * @param turns runs what must not hold the event loop, or keep new connections waiting
 * @param admit decides which connections are served, and over which sockets. Default: all are, as they are accepted.
 */
export function createBoundedServer(
  onRequest: RequestListener,
  turns: TurnQueue,
  onError: (error: unknown) => void,
  admit?: Admit,
): Server {
  const connections = new Connections(turns, onError)
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // Without the parser's internals a second request can come here before the first has its response.
    if (connections.begin(request.socket, response)) onRequest(request, response)
    else connections.closeAfterResponse(request.socket)
  }
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
    listener,
    admit,
  )
  server.on('checkContinue', listener)
  server.on('checkExpectation', listener)
  server.on('connect', refuseTunnel)
  server.on('connection', (socket) => {
    turns.hurry()
    socket.unref()
    connections.add(socket)
    allowSingleRequests(socket, connections)
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
