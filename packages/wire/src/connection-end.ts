import type { Socket } from 'node:net'

/** Whether the other end closed the connection, or it broke; where a connection is gone otherwise, this process ended it. */
export function hasPeerLeft(socket: Socket | null): boolean {
  if (socket === null) return false
  if (socket.readableEnded) return true
  const { syscall, code } = (socket.errored ?? {}) as NodeJS.ErrnoException
  // What was being written when this process closed the connection is ECANCELED.
  return syscall !== undefined && code !== 'ECANCELED'
}

/** Whether what was written to a connection may not have been sent. */
export const isBroken = (socket: Socket) => failedSyscall(socket) !== undefined

/** The same of what the system had taken by the time at which the connection broke: then only a write that failed counts. */
export const isWriteBroken = (socket: Socket) => isBroken(socket) && failedSyscall(socket) !== 'read'

const failedSyscall = (socket: Socket) => (socket.errored as NodeJS.ErrnoException | null)?.syscall

/**
 * Whether a client's error says that the app gave its request up: an AbortError, its signal's TimeoutError, or whatever
 * reason it chose. What the network, TLS, Node and undici report has a code that is a string.
 */
export function isAbort(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code !== 'string' || code === 'ABORT_ERR' || code === 'UND_ERR_ABORTED'
}
