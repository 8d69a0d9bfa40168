import type { Socket } from 'node:net'

/** Whether the peer closed the connection, or the connection broke. If it is gone otherwise, this process closed it. */
export function hasPeerLeft(socket: Socket | null): boolean {
  if (socket === null) return false
  if (socket.readableEnded) return true
  const { syscall, code } = (socket.errored ?? {}) as NodeJS.ErrnoException
  // Writes that are under way when this process closes the connection fail with ECANCELED.
  return syscall !== undefined && code !== 'ECANCELED'
}

/** Whether a system call on the connection failed, so that what was written last may not have been sent. */
export const isBroken = (socket: Socket) => failedSyscall(socket) !== undefined

/**
 * Whether data that the system had accepted before the connection broke may not have been sent. Only a failed write is a
 * sign of that: a read may fail after everything was sent.
 */
export const isWriteBroken = (socket: Socket) => isBroken(socket) && failedSyscall(socket) !== 'read'

const failedSyscall = (socket: Socket) => (socket.errored as NodeJS.ErrnoException | null)?.syscall

/**
 * Whether a client's error means that the app aborted its request: an AbortError, its signal's TimeoutError, or any reason
 * that it passed to `abort`. The errors of the network, TLS, Node and undici have a code that is a string.
 */
export function isAbort(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code !== 'string' || code === 'ABORT_ERR' || code === 'UND_ERR_ABORTED'
}
