import http, { type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { guarded } from '../guard.ts'
import { mimic } from '../mimic.ts'
import type { HttpParser, HttpParserPrototype, SocketInternals } from '../node-internals.ts'
import { once } from '../once.ts'

/** Gets the message whose head upgraded the connection, a request or a response, and the connection. */
type UpgradeListener = (message: IncomingMessage, socket: Socket) => void
const listeners = new Set<UpgradeListener>()

/**
 * Notifies of each connection, at servers and at clients, that leaves HTTP through an upgrade or CONNECT. No channel
 * reports these, and an event listener for `upgrade` would change what Node does with them. Other messages cost nothing.
 *
 * @returns a function that ends the notifications
 */
export function onUpgrade(listener: UpgradeListener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/**
 * Taps `finish` of all parsers, which Node calls when a connection has left HTTP, and when it ends. To be called before
 * the first connection upgrades.
 *
 * @param parser any parser, whose class is tapped; by default one that is made for the purpose
 */
export const tapParserFinish = once((parser?: HttpParser) => {
  const prototype = Object.getPrototypeOf(parser ?? makeParser() ?? {}) as HttpParserPrototype
  const { finish } = prototype
  if (typeof finish !== 'function') return
  prototype.finish = function () {
    finishing(this)
    return finish.call(this)
  }
  mimic(prototype.finish, finish)
})

const finishing = guarded(({ incoming, socket }: HttpParser) => {
  if (incoming?.upgrade && socket) for (const listener of listeners) listener(incoming, socket)
})

/** Has Node make a parser, for a connection that has no other end to a server that does not listen. */
function makeParser(): HttpParser | null | undefined {
  const socket = new Duplex({ read() {} }) as Duplex & SocketInternals
  new http.Server().emit('connection', socket)
  const { parser } = socket
  socket.destroy()
  return parser
}
