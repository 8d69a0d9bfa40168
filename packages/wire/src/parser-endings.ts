import http from 'node:http'
import { Duplex } from 'node:stream'
import { disguise } from './disguise.ts'
import { guarded } from './guard.ts'
import type { Parser } from './message-taps.ts'
import { subscribeAll } from './subscriptions.ts'

/** The methods that Node calls on the parser of a connection which is no longer HTTP, or which has ended. */
interface ParserPrototype {
  /** With an upgrade (`parser.incoming.upgrade`), and where the client has said all. */
  finish(this: Parser): unknown
  /** Where the parser lets go of the connection; its socket may be `errored` by what the parser could not read. */
  unconsume(this: Parser): unknown
}

type Listener = (parser: Parser) => void
const listeners = { finish: new Set<Listener>(), unconsume: new Set<Listener>() }

/**
 * Hears of servers' connections that leave HTTP: no channel tells of upgrades, nor of heads that Node cannot read, and a
 * listener to `upgrade` or `clientError` would change what the app does with them. Costs a request nothing.
 */
export function watchParserEndings({ onFinish, onUnconsume }: { onFinish: Listener; onUnconsume: Listener }) {
  listeners.finish.add(onFinish)
  listeners.unconsume.add(onUnconsume)
  const stop = subscribeAll({ 'net.server.socket': () => tapPrototype() })
  return () => {
    stop()
    listeners.finish.delete(onFinish)
    listeners.unconsume.delete(onUnconsume)
  }
}

/** Once in a process, and before its first connection says anything. */
let tapPrototype = () => {
  tapPrototype = () => {}
  const prototype = parserPrototype()
  if (typeof prototype?.finish !== 'function' || typeof prototype.unconsume !== 'function') return
  const { finish, unconsume } = prototype
  prototype.finish = function () {
    tell(listeners.finish, this)
    return finish.call(this)
  }
  prototype.unconsume = function () {
    tell(listeners.unconsume, this)
    return unconsume.call(this)
  }
  disguise(prototype.finish, finish)
  disguise(prototype.unconsume, unconsume)
}

const tell = guarded((to: ReadonlySet<Listener>, parser: Parser) => {
  for (const listener of to) listener(parser)
})

/** Node keeps the class to itself: it is that of the parser which a connection to nobody is given. */
function parserPrototype(): ParserPrototype | null | undefined {
  const socket = new Duplex({ read() {} }) as Duplex & { parser?: object | null }
  new http.Server().emit('connection', socket)
  const { parser } = socket
  socket.destroy()
  return parser && Object.getPrototypeOf(parser)
}
