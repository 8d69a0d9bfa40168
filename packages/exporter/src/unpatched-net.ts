import { EventEmitter } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { internalsOf } from './node-internals.ts'
import { withoutTicks } from './without-ticks.ts'

/**
 * Sockets and servers that the app's patches of Node's prototypes neither see nor break. Their prototypes are copies of
 * Node's, made when the preload loads this module, before the app's first line.
 *
 * Node's own code still calls some methods on its own prototypes (`Readable.prototype.on`, `Duplex.prototype.end`), and
 * `process.nextTick` for each connection that is accepted or ends: patches of those are reached all the same.
 *
 * @module
 */

/**
 * Copies a prototype and all that it inherits from. The original stays at the end of the chain, because Node's own code
 * tests for it with `instanceof`.
 */
function copyOf<Prototype extends object>(prototype: Prototype): Prototype {
  const chain: object[] = []
  for (
    let link: object | null = prototype;
    link !== null && link !== Object.prototype;
    link = Object.getPrototypeOf(link)
  ) {
    chain.push(link)
  }
  return chain.reduceRight<object>(copyOver, prototype) as Prototype
}

/**
 * Creates an object with all properties of another, over a parent. V8 treats it as a prototype from the first property on, and makes
 * no hidden class for each further one, with which the copies would take twice the memory.
 */
function copyOver(parent: object, original: object): object {
  const copy = Object.create(parent)
  Object.create(copy)
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key)
    if (descriptor !== undefined) Object.defineProperty(copy, key, descriptor)
  }
  return copy
}

const { apply, construct } = Reflect
const { isIP, Socket, Server: NetServer } = net
const { Server: HttpServer, IncomingMessage, ServerResponse } = http
const { emit, on } = EventEmitter.prototype

/** Returns a constructor whose instances the original initializes and that have the given prototype. */
export function constructorOver<Constructor extends new (...args: never[]) => object>(
  original: Constructor,
  prototype: InstanceType<Constructor>,
): Constructor {
  function copy(...args: ConstructorParameters<Constructor>): object {
    return construct(original, args, copy)
  }
  copy.prototype = prototype
  return copy as unknown as Constructor
}

/** Returns a copy of the prototype of a kind of socket, whose `on` calls no method that the app may patch. */
export function unpatchedSocketPrototype<Prototype extends net.Socket>(original: Prototype): Prototype {
  const prototype = copyOf(original)
  const on = { value: onOfSocket, writable: true, configurable: true }
  return Object.defineProperties(prototype, { on, addListener: on })
}

const { write, on: onOfReadable } = Socket.prototype

/**
 * Adds a listener. `Readable.prototype.on` calls `Stream.prototype.on`, which the app may patch, so it is called only
 * for the events that need it because they start reading.
 */
function onOfSocket(this: net.Socket, ...[event, listener]: Parameters<typeof on>): unknown {
  const startsReading = event === 'data' || event === 'readable'
  return apply(startsReading ? onOfReadable : on, this, [event, listener])
}

const socketPrototype = Object.defineProperties(unpatchedSocketPrototype(Socket.prototype), {
  // `connect` sets a socket's `write` to that of `Socket.prototype` where it is another one, so the setter does
  // nothing.
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

/** Gets an accepted connection, and gives `serve` the socket that requests are to be read from: that one, or one over it. */
export type Admit = (socket: net.Socket, serve: (socket: net.Socket) => void) => void

/**
 * Creates an HTTP server.
 *
 * @param admit is called for each accepted connection. Default: every connection is served as it is.
 */
export function createHttpServer(
  options: http.ServerOptions,
  onRequest: http.RequestListener,
  admit?: Admit,
): http.Server {
  const server = new UnpatchedHttpServer(
    { ...options, IncomingMessage: UnpatchedIncomingMessage, ServerResponse: UnpatchedServerResponse },
    onRequest,
  )
  // Scrapes are not the app's. An agent that was loaded earlier may have wrapped the prototype's method to see requests,
  // and one that gets the server from the channel `http.server.request.start` may set the method to one of its own.
  const ownEmit = admit === undefined ? emit : emitAdmitted
  Object.defineProperty(server, 'emit', { get: () => ownEmit, set: () => {}, configurable: true })
  return server

  function emitAdmitted(event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'connection') return apply(emit, server, [event, ...args])
    admit?.(args[0] as net.Socket, (socket) => apply(emit, server, [event, socket]))
    return true
  }
}

/** How many bytes are read at once. */
const READ_BYTES = 16 * 1024

/**
 * Connects to a unix socket, or on Windows to a named pipe, and writes the text. The socket keeps no process alive.
 *
 * @param onData receives each chunk straight from the handle, because the stream between would call `process.nextTick`
 *   for each. It must not keep a chunk: the next one overwrites it.
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

/**
 * How many connections may wait to be accepted. The system has a bound too, which is often 4096. When the queue is full, it ignores a
 * client, which then tries again after a second.
 */
const BACKLOG = 4096

type Target = { readonly path: string } | { readonly host?: string | undefined; readonly port: number }

/**
 * Makes a server listen for this process alone; in a cluster's worker the primary would listen otherwise. Unless the
 * host is a name, which is looked up first, the address is bound and the server has emitted `listening` or `error` when
 * this returns. `listen` would do both after the app's first line, where `async_hooks` and the app's `process.nextTick`
 * see it, and would publish on `tracing:net.server.listen`.
 */
export function listenNow(server: net.Server, target: Target): void {
  const internals = internalsOf(server)
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
 * Makes a server accept connections as sockets of this module. Node would create its own and publish them on the
 * channel `net.server.socket`.
 */
function acceptUnpatched(server: net.Server): void {
  const internals = internalsOf(server)
  const { _handle: handle } = internals
  const original = handle?.onconnection
  if (handle === null || typeof original !== 'function') return
  handle.onconnection = (error, accepted) => {
    if (error || accepted === undefined) return apply(original, handle, [error, accepted])
    if (internals._connections >= server.maxConnections) return accepted.close()
    // A client that has reset its connection meanwhile has no address. There may be thousands of them.
    if (typeof accepted.getpeername === 'function' && accepted.getpeername({}) !== 0) return accepted.close()
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
