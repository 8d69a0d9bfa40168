import type { Socket } from 'node:net'
import { parserOf } from '../node-internals.ts'
import type { Connections } from './connections.ts'

/** What `onIncoming` returns to have the parser leave the rest of what was read alone. */
const STOP_PARSING = 2

/**
 * Lets a connection have one request at a time. A client may send others before it has the response (pipelining), and
 * Node.js makes a request and a response of each that one read of the socket holds, which may be thousands, before the
 * event loop goes on. Here the second is not looked at: the first gets its response, and the connection is closed.
 */
export function allowSingleRequests(socket: Socket, connections: Connections): void {
  const parser = parserOf(socket)
  const onIncoming = parser?.onIncoming
  if (!parser || !onIncoming) return
  parser.onIncoming = (request, keepAlive) => {
    if (connections.isIdle(socket)) return onIncoming(request, keepAlive)
    connections.closeAfterResponse(socket)
    // Node.js would hand over the socket for an upgrade.
    request.upgrade = false
    return STOP_PARSING
  }
}
