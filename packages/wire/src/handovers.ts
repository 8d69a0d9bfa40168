import type { ChildProcess } from 'node:child_process'
import net from 'node:net'
import { notifyDestroyed } from './destruction.ts'
import { guarded } from './guard.ts'
import { mimic } from './mimic.ts'
import { shadow } from './shadow.ts'
import { watchSpawns } from './spawns.ts'

type Send = (this: ChildProcess, message: unknown, handle: unknown, options: unknown, callback: unknown) => unknown

/**
 * Watches for sockets that the app hands to a child process (`child.send(message, socket)`). Node takes the handle away from
 * such a socket and never destroys it, so the handover is the end of the connection as far as this process is concerned.
 */
export const watchHandovers = (): (() => void) =>
  watchSpawns((child) => {
    const { _send: send } = child as ChildProcess & { _send?: Send }
    // Only a child with a channel has it.
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

/** Notifies the listeners for the end of a socket if the socket was handed over. */
export function endIfHandedOver(socket: net.Socket): void {
  const { _handle: handle } = socket as net.Socket & { _handle?: object | null }
  if (handle === null && !socket.destroyed) notifyDestroyed(socket)
}
