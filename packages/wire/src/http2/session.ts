import type { Http2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { type SocketInternals, SYMBOLS, symbolOf } from '../node-internals.ts'
import { privateSlot } from '../private-slot.ts'

type SessionSocket = Socket & SocketInternals

const sockets = privateSlot<SessionSocket>()
let socketKey: symbol | undefined

/**
 * The socket under a session. `session.socket` is a proxy that throws once the session is over, and whose methods the app
 * may have replaced, so the socket is read from where Node keeps it: under a symbol of the session.
 */
export function socketOf(session: Http2Session): SessionSocket | undefined {
  const known = sockets.get(session)
  if (known !== undefined) return known
  socketKey ??= symbolOf(session, SYMBOLS.http2SessionSocket)
  if (socketKey === undefined) return undefined
  const socket = (session as unknown as Record<symbol, SessionSocket | undefined>)[socketKey]
  if (socket !== undefined) sockets.set(session, socket)
  return socket
}
