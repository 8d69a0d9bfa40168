import net, { type Socket } from 'node:net'
import { guarded } from './guard.ts'
import { mimic } from './mimic.ts'
import type { SocketPrototype } from './node-internals.ts'
import { once } from './once.ts'
import { privateSlot } from './private-slot.ts'

/** Is notified of what the app writes to a socket. */
export interface SocketWriteListener {
  /** A chunk as it was written: a string comes with its encoding. */
  socketWrote(chunk: Uint8Array | string, encoding: unknown): void
}

/** One of several chunks that a stream writes together. */
interface BufferedWrite {
  readonly chunk: Uint8Array | string
  readonly encoding: unknown
}

/** The slot holds an object, because a slot's value cannot be replaced or removed. */
const slot = privateSlot<{ listener: SocketWriteListener | undefined }>()

/**
 * Observes the writes to a socket, for one listener at a time. The app cannot see this on the socket. Streams other than
 * Node's sockets, which do not have the tapped method, are not observed.
 */
export function tapWrites(socket: Socket, listener: SocketWriteListener): void {
  tapPrototype()
  const tapped = slot.get(socket)
  if (tapped === undefined) slot.set(socket, { listener })
  else tapped.listener = listener
}

/** Ends what `tapWrites` began. */
export function untapWrites(socket: Socket): void {
  const tapped = slot.get(socket)
  if (tapped !== undefined) tapped.listener = undefined
}

/** Taps the method that writes, for all sockets. A process in which no connection leaves HTTP never has this tap. */
const tapPrototype = once(() => {
  const prototype = net.Socket.prototype as unknown as SocketPrototype
  const { _writeGeneric } = prototype
  if (typeof _writeGeneric !== 'function') return
  prototype._writeGeneric = function (writev, data, encoding, callback) {
    wrote(this, writev, data, encoding)
    return _writeGeneric.call(this, writev, data, encoding, callback)
  }
  mimic(prototype._writeGeneric, _writeGeneric)
})

const wrote = guarded((socket: Socket, writev: boolean, data: unknown, encoding: unknown) => {
  const tapped = slot.get(socket)
  if (tapped === undefined) return
  // The listener is read for each chunk, because it may call `untapWrites`.
  if (writev) for (const write of data as BufferedWrite[]) tapped.listener?.socketWrote(write.chunk, write.encoding)
  else tapped.listener?.socketWrote(data as Uint8Array | string, encoding)
})
