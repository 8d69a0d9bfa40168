import type { Socket } from 'node:net'
import { BOUNDS } from '../bounds.ts'

/**
 * The connections that are not served yet, because they wait for the settings or are in their handshake. Like those that
 * are served, a new one is always accepted: when there are too many, the one that has waited for longest is closed.
 */
export class PendingConnections {
  /** The one that has waited for longest comes first. */
  readonly #sockets = new Set<Socket>()

  add(socket: Socket): void {
    const [oldest] = this.#sockets
    if (oldest !== undefined && this.#sockets.size >= BOUNDS.maxConnections) {
      this.#sockets.delete(oldest)
      oldest.destroy()
    }
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
  }

  /** Called when a connection begins to be served. */
  remove(socket: Socket): void {
    this.#sockets.delete(socket)
  }
}
