import type { Socket } from 'node:net'
import { type DestructionListener, onDestroyed, tapSockets } from './destruction.ts'
import { fault } from './guard.ts'
import { endIfHandedOver } from './handovers.ts'
import { isIgnored } from './ignored-servers.ts'
import type { SocketInternals } from './node-internals.ts'
import type { ConnectionListener, WireObserver } from './observer.ts'
import { subscribeAll } from './subscriptions.ts'

/**
 * Watches the connections that `net`, `tls`, `http`, `https` and `http2` servers of this process accept.
 *
 * @returns a function that stops watching; listeners of open connections are still notified of their end
 */
export function watchConnections(observers: () => readonly WireObserver[]): () => void {
  // The tap has to be in place before the app can keep a reference to Node's own method.
  tapSockets()
  return subscribeAll({
    'net.server.socket': ({ socket }: { socket: Socket & SocketInternals }) => {
      const { server } = socket
      if (server === undefined || server === null || isIgnored(server)) return
      for (const observer of observers()) {
        try {
          const listener = observer.connection?.(socket, server)
          if (listener !== undefined) onDestroyed(socket, new ConnectionEnd(listener))
        } catch (error) {
          fault(error)
        }
      }
      // Node publishes the socket after the event `connection`, in which load balancers hand sockets over.
      endIfHandedOver(socket)
    },
  })
}

/** Passes the destruction of a connection's socket on to the connection's listener. */
class ConnectionEnd implements DestructionListener {
  readonly #listener: ConnectionListener

  constructor(listener: ConnectionListener) {
    this.#listener = listener
  }

  streamDestroyed(): void {
    this.#listener.end()
  }
}
