import { EventEmitter } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { withoutTicks } from './without-ticks.ts'

/**
 * Sockets and servers of our own that the app's patches of Node's prototypes neither see nor break. Their prototypes are
 * copies of Node's, taken when the preload loads this module, before the app's first line.
 *
 * Node's own code still calls some methods on its own prototypes (`Readable.prototype.on`, `Duplex.prototype.end`), and,
 * for each connection that is accepted or ends, `process.nextTick`: patches of those are reached all the same.
 *
 * @module
 */

/**
 * Copies a prototype and all that it inherits from. The original stays at the end of the chain, so that `instanceof`
 * holds, as Node's own code asks.
 */
function copyOf<Prototype extends object>(prototype: Prototype): Prototype {
  const chain: object[] = []
  for (let one: object | null = prototype; one !== null && one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    chain.push(one)
  }
  return chain.reduceRight<object>(
    (parent, one) => Object.create(parent, Object.getOwnPropertyDescriptors(one)),
    prototype,
  ) as Prototype
}

const { apply, construct } = Reflect
const { isIP, Socket, Server: NetServer } = net
const { Server: HttpServer, IncomingMessage, ServerResponse } = http
const { emit, on } = EventEmitter.prototype

/** Makes a function to be used with `new`, whose instances the original initializes, over the given prototype. */
function constructorOver<Constructor extends new (...args: never[]) => object>(
  original: Constructor,
  prototype: InstanceType<Constructor>,
): Constructor {
  function copy(...args: ConstructorParameters<Constructor>): object {
    return construct(original, args, copy)
  }
  copy.prototype = prototype
  return copy as unknown as Constructor
}

const socketPrototype = copyOf(Socket.prototype)
const { write, on: onOfReadable } = socketPrototype

/** `Readable.prototype.on` looks for `Stream.prototype.on`, which is the app's to patch: only what reads needs the former. */
function onOfSocket(this: net.Socket, ...[event, listener]: Parameters<typeof on>): unknown {
  const reads = event === 'data' || event === 'readable'
  return apply(reads ? onOfReadable : on, this, [event, listener])
}

Object.defineProperties(socketPrototype, {
  on: { value: onOfSocket, writable: true, configurable: true },
  addListener: { value: onOfSocket, writable: true, configurable: true },
  // `connect` sets it to that of `Socket.prototype` where it is another one.
  write: { get: () => write, set: () => {}, configurable: true },
})

const UnpatchedSocket = constructorOver(Socket, socketPrototype)
const UnpatchedNetServer = constructorOver(NetServer, copyOf(NetServer.prototype))
const UnpatchedHttpServer = constructorOver(HttpServer, copyOf(HttpServer.prototype))
const UnpatchedIncomingMessage = constructorOver(IncomingMessage, copyOf(IncomingMessage.prototype))
const UnpatchedServerResponse = constructorOver(ServerResponse, copyOf(ServerResponse.prototype))

export function createNetServer(onConnection: (socket: net.Socket) => void): net.Server {
  return new UnpatchedNetServer(onConnection)
}

export function createHttpServer(options: http.ServerOptions, onRequest: http.RequestListener): http.Server {
  const server = new UnpatchedHttpServer(
    { ...options, IncomingMessage: UnpatchedIncomingMessage, ServerResponse: UnpatchedServerResponse },
    onRequest,
  )
  // An agent that was loaded earlier may have wrapped this method: scrapes are not the app's requests.
  server.emit = emit
  return server
}

/** The size of what is read at once. */
const READ_BYTES = 16 * 1024

/**
 * Connects to a unix socket, or on Windows a named pipe, and writes the text there. Chunks go straight from the handle to
 * `onData`, which must not keep them: the stream between would call `process.nextTick` for each. It keeps no process alive.
 */
export function connectTo(path: string, text: string, onData: (chunk: Buffer) => void): net.Socket {
  const callback = (size: number, buffer: Uint8Array) => {
    onData((buffer as Buffer).subarray(0, size))
    return true
  }
  const options = { onread: { buffer: Buffer.alloc(READ_BYTES), callback } }
  const socket = new UnpatchedSocket(options as net.SocketConstructorOpts)
  withoutTicks(() => {
    socket.connect({ path })
    socket.unref()
    socket.write(text)
  })
  return socket
}

/** The parts of Node's servers and handles, the same in all versions, that are used here if they are there. */
interface Internals {
  _listen2?: (
    address: string | null,
    port: number,
    family: number,
    backlog: number,
    fd?: number,
    flags?: number,
  ) => void
  _handle: { onconnection?: (error: number, handle: Handle | undefined) => void } | null
  _connections: number
  _pipeName?: string
  readonly allowHalfOpen: boolean
  readonly highWaterMark: number
  readonly noDelay: boolean
}

interface Handle {
  close(): void
  setNoDelay?(isOn: boolean): void
}

/** So many connections may wait to be accepted, as with `listen`. */
const BACKLOG = 511

type Target = { readonly path: string } | { readonly host?: string | undefined; readonly port: number }

/**
 * Has a server listen, for this process alone: in a cluster's worker the primary would listen otherwise. The address is
 * bound when this returns, if it is bound at all, unless the host is a name, which is looked up. `listen` binds an
 * address with a host only later, and tells the app's subscribers of `tracing:net.server.listen`. The server has emitted
 * `listening` or `error` when this returns: after the app's first line, `async_hooks` and a `process.nextTick` of the app's
 * would see it.
 */
export function listenNow(server: net.Server, target: Target): void {
  const internals = server as unknown as Internals
  const family = 'path' in target ? -1 : target.host === undefined ? 4 : isIP(target.host)
  if (typeof internals._listen2 !== 'function' || family === 0) {
    server.once('listening', () => acceptUnpatched(server))
    server.listen({ ...target, exclusive: true } as net.ListenOptions)
    return
  }
  withoutTicks(() => {
    if ('path' in target) {
      internals._pipeName = target.path
      internals._listen2?.(target.path, -1, -1, BACKLOG)
    } else internals._listen2?.(target.host ?? null, target.port, family, BACKLOG, undefined, 0)
    acceptUnpatched(server)
  })
}

/**
 * Has a server accept connections as sockets of this module. Node would make its own, and publish them on the channel
 * `net.server.socket`.
 */
function acceptUnpatched(server: net.Server): void {
  const internals = server as unknown as Internals
  const { _handle: handle } = internals
  const ordinary = handle?.onconnection
  if (handle === null || typeof ordinary !== 'function') return
  handle.onconnection = (error, accepted) => {
    if (error || accepted === undefined) return apply(ordinary, handle, [error, accepted])
    if (internals._connections >= server.maxConnections) return accepted.close()
    try {
      const { allowHalfOpen, highWaterMark, noDelay } = internals
      const socket = new UnpatchedSocket({
        handle: accepted,
        allowHalfOpen,
        readable: true,
        writable: true,
        readableHighWaterMark: highWaterMark,
        writableHighWaterMark: highWaterMark,
      } as net.SocketConstructorOpts)
      if (noDelay) accepted.setNoDelay?.(true)
      internals._connections++
      Object.assign(socket, { server, _server: server })
      server.emit('connection', socket)
    } catch {
      // The client sees a closed connection; the app sees nothing.
      accepted.close()
    }
  }
}
