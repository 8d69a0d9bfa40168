import type { ChildProcess } from 'node:child_process'
import net from 'node:net'
import { notifyDestroyed } from './destruction.ts'
import { guarded } from './guard.ts'
import { mimic } from './mimic.ts'
import type { ChildProcessInternals, SocketInternals } from './node-internals.ts'
import { shadow } from './shadow.ts'
import { watchSpawns } from './spawns.ts'

type Send = NonNullable<ChildProcessInternals['_send']>

/**
 * Watches for sockets that the app hands over to a child process (`child.send(message, socket)`). Node takes the handle
 * away from such a socket and never destroys it, so the handover is the end of the connection for this process.
 *
 * @returns a function that stops watching
 */
export const watchHandovers = (): (() => void) =>
  watchSpawns((child) => {
    const { _send: send } = child as ChildProcess & ChildProcessInternals
    // Only a child with an IPC channel has this method.
    if (typeof send !== 'function') return
    const tap: Send = function (message, handle, options, callback) {
      const result = send.call(this, message, handle, options, callback)
      sent(handle)
      return result
    }
    mimic(tap, send)
    shadow(child, '_send', tap)
  })

const sent = guarded((handle: unknown) => {
  if (handle instanceof net.Socket) endIfHandedOver(handle)
})

/** Notifies the listeners for a socket's destruction if the socket was handed over. */
export function endIfHandedOver(socket: net.Socket): void {
  const { _handle: handle } = socket as net.Socket & SocketInternals
  if (handle === null && !socket.destroyed) notifyDestroyed(socket)
}
