import type { Server, Socket } from 'node:net'
import { dirname } from 'node:path'
import { unpatchedNet } from '@agentgateway-otel/exporter'
import { type Place, preparePrivateDirectory } from './rendezvous.ts'
import { existsSync, rmSync } from './unpatched-fs.ts'

const { createNetServer, listenNow } = unpatchedNet

/** More processes than this are told to come back. */
const MAX_GUESTS = 512

/** How often the socket's file is checked: cleaners of temporary directories remove it. */
const WATCH_MS = 1000

/**
 * Opens the door at this place, and again whenever its file was cleaned away. Only who has the port may do so: whatever
 * was there is of a process that had it before. It keeps no process alive.
 *
 * @param onError is called when it cannot be opened, once until it could.
 */
export function openDoor({ door }: Place, onGuest: (socket: Socket) => void, onError: (error: Error) => void): Server {
  const isFile = process.platform !== 'win32'
  let hasFailed = false
  const fail = (error: Error) => {
    if (!hasFailed) onError(error)
    hasFailed = true
  }
  const server = createNetServer((socket) => {
    socket.unref()
    onGuest(socket)
  })
  server.maxConnections = MAX_GUESTS
  server.unref()
  server.on('error', fail)
  server.on('listening', () => {
    hasFailed = false
  })
  const listen = () => {
    try {
      if (isFile) {
        preparePrivateDirectory(dirname(door))
        rmSync(door, { force: true })
      }
      listenNow(server, { path: door })
    } catch (error) {
      fail(error as Error)
    }
  }
  listen()
  if (isFile) {
    setInterval(() => {
      if (existsSync(door)) return
      if (server.listening) server.close()
      listen()
    }, WATCH_MS).unref()
  }
  return server
}

/** Whether an app with more than one process was at this place, and may be there still. */
export const hasGroups = ({ groups }: Place): boolean => existsSync(groups)
