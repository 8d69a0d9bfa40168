import type { Server, Socket } from 'node:net'
import { dirname } from 'node:path'
import { unpatchedNet } from '@agentgateway-otel/exporter'
import { preparePrivateDirectory, type Rendezvous } from './rendezvous.ts'
import { existsSync, rmSync } from './unpatched-fs.ts'

const { createNetServer, listenNow } = unpatchedNet

/** How many peers may be connected. Those beyond are disconnected, and try again. */
const MAX_PEERS = 512

/** How often the socket's file is looked for: programs that clean temporary directories remove it. */
const WATCH_MS = 1000

/**
 * Listens on the peer socket, and again whenever its file was removed. Only the process that has the port may call
 * this, because it replaces the socket of a process that had the port before. The server keeps no process alive.
 *
 * @param onPeer receives each connection.
 * @param onError receives the error when the socket cannot listen, but not those of further attempts until one
 *   succeeds.
 */
export function listenForPeers(
  { peerSocket }: Rendezvous,
  onPeer: (socket: Socket) => void,
  onError: (error: Error) => void,
): Server {
  const isFile = process.platform !== 'win32'
  let hasFailed = false
  const onFailure = (error: Error) => {
    if (!hasFailed) onError(error)
    hasFailed = true
  }
  const server = createNetServer((socket) => {
    socket.unref()
    onPeer(socket)
  })
  server.maxConnections = MAX_PEERS
  server.unref()
  server.on('error', onFailure)
  server.on('listening', () => {
    hasFailed = false
  })
  const listen = () => {
    try {
      if (isFile) {
        preparePrivateDirectory(dirname(peerSocket))
        rmSync(peerSocket, { force: true })
      }
      listenNow(server, { path: peerSocket })
    } catch (error) {
      onFailure(error as Error)
    }
  }
  listen()
  if (isFile) {
    setInterval(() => {
      if (existsSync(peerSocket)) return
      if (server.listening) server.close()
      listen()
    }, WATCH_MS).unref()
  }
  return server
}
