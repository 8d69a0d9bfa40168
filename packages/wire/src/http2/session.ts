import type { Http2Session } from 'node:http2'
import type { Server, Socket } from 'node:net'
import { privateSlot } from '../private-slot.ts'

export type SessionSocket = Socket & { readonly server?: Server | null }

const sockets = privateSlot<SessionSocket>()
let socketKey: symbol | undefined

/**
 * The socket under a session. `session.socket` is a proxy that throws once the session is over, and whose methods the app
 * may have replaced, so the socket is read from where Node keeps it: under a symbol of the session.
 */
export function socketOf(session: Http2Session): SessionSocket | undefined {
  const known = sockets.get(session)
  if (known !== undefined) return known
  socketKey ??= symbolOf(session, 'socket')
  if (socketKey === undefined) return undefined
  const socket = (session as unknown as Record<symbol, SessionSocket | undefined>)[socketKey]
  if (socket !== undefined) sockets.set(session, socket)
  return socket
}

/** The symbol of this name that an object has properties under: Node gives away none of its own. */
export const symbolOf = (object: object, name: string): symbol | undefined =>
  Object.getOwnPropertySymbols(object).find(({ description }) => description === name)
