import type { Server, Socket } from 'node:net'
import { type DestructionListener, onDestroyed, tapSockets } from './destruction.ts'
import { fault } from './guard.ts'
import { endIfHandedOver } from './handovers.ts'
import type { ConnectionListener, WireObserver } from './observer.ts'
import { subscribeAll } from './subscriptions.ts'

/** Connections that servers of this process accept: `net`, `tls`, `http`, `https`. */
export function watchConnections(observers: () => readonly WireObserver[], ignored: WeakSet<object>): () => void {
  // Before the app can keep Node's own method for later.
  tapSockets()
  return subscribeAll({
    'net.server.socket': ({ socket }: { socket: Socket & { readonly server?: Server } }) => {
      const { server } = socket
      if (server === undefined || server === null || ignored.has(server)) return
      for (const observer of observers()) {
        try {
          const listener = observer.connection?.(socket, server)
          if (listener !== undefined) onDestroyed(socket, new Connection(listener))
        } catch (error) {
          fault(error)
        }
      }
      // Published after the event `connection`, in which balancers hand sockets over.
      endIfHandedOver(socket)
    },
  })
}

class Connection implements DestructionListener {
  readonly #listener: ConnectionListener

  constructor(listener: ConnectionListener) {
    this.#listener = listener
  }

  streamDestroyed(): void {
    this.#listener.end()
  }
}
