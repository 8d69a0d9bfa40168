import type { Socket } from 'node:net'

/**
 * Closes a connection whose client is not to get the rest of what was written. The system would go on trying to send it,
 * and keep megabytes for that, so the connection is reset.
 */
export function drop(socket: Socket): void {
  if (socket.destroyed) return
  try {
    socket.resetAndDestroy()
  } catch {
    // Only plain TCP can be reset.
    socket.destroy()
  }
}
