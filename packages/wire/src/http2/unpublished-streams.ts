import type * as Http2 from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, Http2Session, OutgoingHttpHeaders } from 'node:http2'
import { Duplex } from 'node:stream'
import { guarded } from '../guard.ts'
import { mimic } from '../mimic.ts'
import { once } from '../once.ts'

/**
 * Whether this Node publishes the streams of HTTP/2 on diagnostics channels: since 22.17 and 24.2. Where it does not, `request` of
 * the sessions of clients is tapped instead. Those of servers are not observed there.
 */
export const publishesStreams = isPublishing(process.versions.node)

function isPublishing(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 2) || (major === 22 && minor >= 17)
}

type ClientListener = (message: { readonly stream: ClientHttp2Stream; readonly headers: OutgoingHttpHeaders }) => void
const clientListeners = new Set<ClientListener>()

/**
 * Notifies of each request that a session of this process makes, as `http2.client.stream.created` does elsewhere.
 *
 * @returns a function that ends the notifications
 */
export function onUnpublishedRequest(listener: ClientListener): () => void {
  tapClientSessions()
  clientListeners.add(listener)
  return () => void clientListeners.delete(listener)
}

const notifyClients = guarded((stream: ClientHttp2Stream) => {
  for (const listener of clientListeners) listener({ stream, headers: stream.sentHeaders ?? {} })
})

/** Taps `request` of all sessions of clients. Their class is that of a session without a peer, which is made for the purpose. */
const tapClientSessions = once(() => {
  const { connect } = loadHttp2()
  const prototype = prototypeOf(
    connect('http://localhost', { createConnection: createIdleStream }),
  ) as ClientHttp2Session
  const { request } = prototype
  const tap: ClientHttp2Session['request'] = function (this: ClientHttp2Session, ...args) {
    const stream = request.apply(this, args)
    notifyClients(stream)
    return stream
  }
  replace(prototype, 'request', tap, request)
})

/** Loads HTTP/2 where it is needed: most processes never do. */
const loadHttp2 = (): typeof Http2 => process.getBuiltinModule('node:http2')

const createIdleStream = () =>
  new Duplex({
    read() {},
    write(_chunk, _encoding, callback) {
      callback()
    },
  })

/** Returns the prototype of a session's class, and ends the session. */
function prototypeOf(session: Http2Session): Http2Session {
  session.on('error', () => {})
  session.destroy()
  return Object.getPrototypeOf(session)
}

function replace(
  prototype: object,
  name: string,
  tap: (...args: never[]) => unknown,
  original: (...args: never[]) => unknown,
): void {
  mimic(tap, original)
  Object.defineProperty(prototype, name, { value: tap, configurable: true, writable: true, enumerable: false })
}
