import type { Http2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { type SocketInternals, SYMBOLS, symbolOf } from '../node-internals.ts'
import { privateSlot } from '../private-slot.ts'

type SessionSocket = Socket & SocketInternals

const sockets = privateSlot<SessionSocket>()
let socketKey: symbol | undefined

/**
 * Returns the socket of a session. `session.socket` is a proxy, which throws once the session has ended and whose methods
 * the app may have replaced, so the socket is read from the property behind the proxy.
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
