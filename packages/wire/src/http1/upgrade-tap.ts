import http from 'node:http'
import { Duplex } from 'node:stream'
import { guarded } from '../guard.ts'
import { mimic } from '../mimic.ts'
import { once } from '../once.ts'
import type { Parser } from './incoming-tap.ts'

type Listener = (parser: Parser) => void
const listeners = new Set<Listener>()

/**
 * Notifies of connections, of servers and clients, that leave HTTP: the parser is at the head that said so. No channel
 * reports them, and a listener to `upgrade` would change what Node does with them. Costs other messages nothing.
 *
 * @returns what ends it
 */
export function onUpgrade(listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Node's class of parsers. Node calls `finish` when a connection has left HTTP, and when it ends. */
interface ParserPrototype {
  finish(this: Parser): unknown
}

/**
 * Taps `finish` of all parsers, once in a process, and before the first connection has said anything.
 *
 * @param parser any parser; without one, Node's class is that of the parser which a connection to nobody is given
 */
export const tapParserFinish = once((parser?: Parser) => {
  const prototype = Object.getPrototypeOf(parser ?? parserOfNobody() ?? {}) as ParserPrototype
  const { finish } = prototype
  if (typeof finish !== 'function') return
  prototype.finish = function () {
    finishing(this)
    return finish.call(this)
  }
  mimic(prototype.finish, finish)
})

const finishing = guarded((parser: Parser) => {
  if (parser.incoming?.upgrade) for (const listener of listeners) listener(parser)
})

function parserOfNobody(): object | null | undefined {
  const socket = new Duplex({ read() {} }) as Duplex & { parser?: object | null }
  new http.Server().emit('connection', socket)
  const { parser } = socket
  socket.destroy()
  return parser
}
