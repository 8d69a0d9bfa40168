import type { Server, Socket } from 'node:net'
import type { WireObserver } from './exchange.ts'
import { fault, guarded } from './guard.ts'
import { subscribeAll } from './subscriptions.ts'

/** Connections that servers of this process accept: `net`, `tls`, `http`, `https`. */
export function watchConnections(observers: () => readonly WireObserver[], ignored: WeakSet<object>): () => void {
  return subscribeAll({
    'net.server.socket': ({ socket }: { socket: Socket & { readonly server?: Server } }) => {
      const { server } = socket
      if (server === undefined || server === null || ignored.has(server)) return
      for (const observer of observers()) {
        try {
          const listener = observer.connection?.(socket, server)
          if (listener !== undefined)
            socket.once(
              'close',
              guarded(() => listener.end()),
            )
        } catch (error) {
          fault(error)
        }
      }
    },
  })
}
