import { existsSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { Place } from './place.ts'

/** More processes than this are told to come back. */
const MAX_GUESTS = 512

/**
 * Opens the door at this place. Only who has the port may do so: whatever was there is of a process that had it before.
 * It keeps no process alive.
 */
export function openDoor({ door }: Place, onGuest: (socket: Socket) => void, onError: (error: Error) => void): Server {
  const server = createServer((socket) => {
    socket.unref()
    onGuest(socket)
  })
  server.maxConnections = MAX_GUESTS
  server.unref()
  server.on('error', onError)
  if (process.platform !== 'win32') rmSync(door, { force: true })
  // Exclusive, because the primary would otherwise listen for a cluster's worker.
  server.listen({ path: door, exclusive: true })
  return server
}

/** Whether an app with more than one process was at this place, and may be there still. */
export const hasGroups = ({ groups }: Place): boolean => existsSync(groups)
