import net, { type Socket } from 'node:net'
import { guarded } from './guard.ts'
import { mimic } from './mimic.ts'
import { once } from './once.ts'
import { privateSlot } from './private-slot.ts'

/** Observes what is written to a socket. */
export interface SocketTap {
  /** A chunk as it was written: a string comes with its encoding. */
  socketWrote(chunk: Uint8Array | string, encoding: unknown): void
}

interface Chunk {
  readonly chunk: Uint8Array | string
  readonly encoding: unknown
}

/** Every write to a socket comes down to this method, be it of one chunk or several. */
type WriteGeneric = (this: Socket, several: boolean, data: unknown, encoding: unknown, done: unknown) => unknown

/** In an object, since what is stamped on a socket stays there. */
const taps = privateSlot<{ tap: SocketTap | undefined }>()

/**
 * Observes the writes to a socket, one observer at a time. Nothing is put on the socket for the app to see. Sockets that
 * Node did not make, which have no such method, are left alone.
 */
export function tapWrites(socket: Socket, tap: SocketTap): void {
  tapPrototype()
  const tapped = taps.get(socket)
  if (tapped === undefined) taps.set(socket, { tap })
  else tapped.tap = tap
}

/** Takes back what `tapWrites` began. */
export function untapWrites(socket: Socket): void {
  const tapped = taps.get(socket)
  if (tapped !== undefined) tapped.tap = undefined
}

/** Once in a process, where a connection has left HTTP: most processes never pay for it. */
const tapPrototype = once(() => {
  const prototype = net.Socket.prototype as Socket & { _writeGeneric?: WriteGeneric }
  const { _writeGeneric } = prototype
  if (typeof _writeGeneric !== 'function') return
  prototype._writeGeneric = function (several, data, encoding, done) {
    wrote(this, several, data, encoding)
    return _writeGeneric.call(this, several, data, encoding, done)
  }
  mimic(prototype._writeGeneric, _writeGeneric)
})

const wrote = guarded((socket: Socket, several: boolean, data: unknown, encoding: unknown) => {
  const tapped = taps.get(socket)
  if (tapped === undefined) return
  // The tap may be taken away by a chunk.
  if (several) for (const one of data as Chunk[]) tapped.tap?.socketWrote(one.chunk, one.encoding)
  else tapped.tap?.socketWrote(data as Uint8Array | string, encoding)
})
