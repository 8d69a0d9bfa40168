import { AsyncResource } from 'node:async_hooks'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import diagnostics_channel from 'node:diagnostics_channel'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'
import { fieldOfUndici } from './headers.ts'
import { makeSessions } from './http2/publish-streams.ts'
import {
  type ClientRequestInternals,
  type HttpParser,
  type HttpParserClass,
  type HttpParserPrototype,
  http2StreamPrototypeOf,
  type IncomingMessageInternals,
  type OutgoingMessageInternals,
  type ReadableInternals,
  type SocketInternals,
  SYMBOLS,
  symbolOf,
  type UndiciRequestInternals,
} from './node-internals.ts'

const found = new Set<string>()

/** Notes that a private name is there and does what the wire needs, if it is and does. */
function note(owner: string, name: string, works: boolean): void {
  if (works) found.add(`${owner} has a working ${name}`)
}

/** Notes an undocumented fact, if it is one. */
function noteFact(fact: string, holds: boolean): void {
  if (holds) found.add(fact)
}

/**
 * Drives real objects of Node's, and finds out which of the private names of `node-internals.ts` work.
 *
 * @returns a line for each name that works, as the tests are named
 */
export async function findPrivateNames(): Promise<ReadonlySet<string>> {
  const drivers = [
    driveRequests,
    driveRefusedConnection,
    driveRefusedRequest,
    driveUpgrade,
    driveUpgradeWithBody,
    driveChild,
    driveHttp2,
    driveFetch,
    driveWebSocket,
    driveReadable,
    driveUndiciHttp2,
  ]
  for (const drive of drivers) {
    // A driver that fails leaves the names that it is there for unfound.
    await drive().catch((error) => console.error(`${drive.name}:`, error))
  }
  const stdio = (['stdin', 'stdout'] as const).map((name) => Object.getOwnPropertyDescriptor(process, name))
  const areGetters = stdio.every((descriptor) => descriptor?.get !== undefined && descriptor.configurable === true)
  noteFact('process.stdin and process.stdout are configurable getters', areGetters)
  return found
}

/** A request with a body and a HEAD request, at both ends. */
async function driveRequests(): Promise<void> {
  const server = http.createServer()
  const port = await listen(server)
  const destroyed: net.Socket[] = []
  server.on('connection', (socket: net.Socket) => {
    const parser = parserOf(socket)
    const { kOnBody, kOnMessageComplete } = (parser?.constructor ?? {}) as HttpParserClass
    spy(parser, kOnBody, ([chunk]) => note('HTTPParser', 'kOnBody', String(chunk) === 'ping'))
    spy(parser, kOnMessageComplete, () => note('HTTPParser', 'kOnMessageComplete', true))
    spy(socket, '_writeGeneric', ([writev, data]) => {
      const chunks = writev ? (data as { chunk: unknown }[]).map(({ chunk }) => chunk) : [data]
      note(
        'net.Socket.prototype',
        '_writeGeneric',
        chunks.some((chunk) => String(chunk).includes('pong')),
      )
    })
    spy(socket, '_destroy', () => destroyed.push(socket))
  })
  server.on('request', (request, response: http.ServerResponse & OutgoingMessageInternals) => {
    const socket = request.socket as net.Socket & SocketInternals
    const parser = parserOf(socket)
    note('a socket of a server', 'server', socket.server === server)
    note('a socket of a server', 'parser', parser !== undefined)
    note('an HTTP parser', 'incoming', parser?.incoming === request)
    note('an HTTP parser', 'socket', parser?.socket === socket)
    const { _header: headBefore } = response
    response.writeHead(200)
    const { _headerSent: isSentBefore, _header: head } = response
    note('an http.OutgoingMessage', '_header', !headBefore && String(head).startsWith('HTTP/1.1 200 '))
    request.resume().on('end', () => {
      const isCurrent = socket._httpMessage === response
      response.end('pong')
      if (request.method === 'HEAD') note('an http.OutgoingMessage', '_hasBody', response._hasBody === false)
      else note('an http.OutgoingMessage', '_headerSent', isSentBefore === false && response._headerSent === true)
      note('a socket of a server', '_httpMessage', isCurrent)
    })
  })
  for (const method of ['HEAD', 'POST']) {
    const request = http.request({ port, host: '127.0.0.1', method, agent: false })
    request.end(method === 'POST' ? 'ping' : undefined)
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    await once(response.resume(), 'close')
  }
  server.close()
  await once(server, 'close')
  const isOwn = Object.hasOwn(net.Socket.prototype, '_destroy')
  note('net.Socket.prototype', '_destroy', isOwn && destroyed.length > 0)
  noteFact('Node calls _destroy once for each stream', new Set(destroyed).size === 2 && destroyed.length === 2)
}

/** A request for which its agent finds no connection. */
async function driveRefusedConnection(): Promise<void> {
  const refusal = new Error('no connection')
  const agent = new http.Agent()
  agent.createConnection = (_options, callback) => {
    callback?.(refusal, undefined as unknown as Duplex)
    return undefined
  }
  const restore = [
    spy(http.ClientRequest.prototype, 'onSocket', ([, error]) => {
      note('http.ClientRequest.prototype', 'onSocket', error === refusal)
    }),
    spy(http.ClientRequest.prototype, 'destroy', () => note('http.ClientRequest.prototype', 'destroy', true)),
  ]
  const request = http.get({ agent })
  await new Promise((resolve) => request.on('error', resolve))
  request.destroy()
  for (const undo of restore) undo()
}

/** A request that Node cannot parse. */
async function driveRefusedRequest(): Promise<void> {
  const server = http.createServer()
  const port = await listen(server)
  const accepting = once(server, 'connection')
  const client = net.connect(port, '127.0.0.1').setEncoding('latin1')
  client.write('not HTTP\r\n\r\n')
  const [socket] = (await accepting) as [net.Socket]
  const [response] = (await once(client, 'data')) as [string]
  await once(client, 'close')
  server.close()
  const { code } = socket.errored as NodeJS.ErrnoException
  const isRefused = response.startsWith('HTTP/1.1 400 ') && code?.startsWith('HPE_') === true
  noteFact('http.Server destroys the socket of a refused request with an HPE_ error', isRefused)
}

/** An upgrade, at both ends. */
async function driveUpgrade(): Promise<void> {
  const finished: unknown[] = []
  const watch = (stream: net.Socket) => {
    const parser = parserOf(stream)
    if (typeof parser?.finish !== 'function') return
    spy(parser, 'finish', () => finished.push(parser.incoming))
  }
  const server = http.createServer().on('connection', watch)
  const port = await listen(server)
  const upgraded: unknown[] = []
  server.on('upgrade', (request, socket) => {
    upgraded.push(request)
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n')
  })
  const request = http.get({
    port,
    host: '127.0.0.1',
    headers: { Connection: 'Upgrade', Upgrade: 'raw' },
  }) as http.ClientRequest & ClientRequestInternals
  request.on('socket', (socket: net.Socket & SocketInternals) => {
    watch(socket)
    note('an http.ClientRequest', 'parser', request.parser !== undefined && request.parser === parserOf(socket))
    if (socket._httpMessage !== request) found.delete('a socket of a server has a working _httpMessage')
  })
  const [response, socket] = (await once(request, 'upgrade')) as [http.IncomingMessage, net.Socket]
  socket.destroy()
  server.close()
  upgraded.push(response)
  const flags = upgraded.map((message) => (message as IncomingMessageInternals).upgrade)
  note(
    'an http.IncomingMessage',
    'upgrade',
    flags.every((isUpgrade) => isUpgrade === true),
  )
  note(
    'HTTPParser.prototype',
    'finish',
    upgraded.every((message) => finished.includes(message)),
  )

  const stream = new Duplex({ read() {} })
  new http.Server().emit('connection', stream)
  const prototype = Object.getPrototypeOf(parserOf(stream) ?? {}) as HttpParserPrototype
  noteFact('http.Server gives a parser to any stream that is emitted as its connection', prototype.finish !== undefined)
  stream.destroy()
}

/** An upgrade whose head arrives without its body. */
async function driveUpgradeWithBody(): Promise<void> {
  const server = http.createServer()
  const port = await listen(server)
  const [accepting, upgrading] = [once(server, 'connection'), once(server, 'upgrade')]
  const client = net.connect(port, '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: raw\r\nContent-Length: 4\r\n\r\n')
  const [socket] = (await accepting) as [net.Socket]
  const [, stream] = (await upgrading) as [unknown, Duplex]
  note(
    'the socket of an upgrade with a body',
    'Symbol(UpgradeStream)',
    stream === socket || symbolOf(socket, SYMBOLS.upgradeStream) !== undefined,
  )
  client.on('error', () => {}).destroy()
  socket.on('error', () => {}).destroy()
  server.close()
}

/** A child process that gets a socket over its channel. */
async function driveChild(): Promise<void> {
  const spawned: unknown[] = []
  const publish = (message: unknown) => {
    const { process: child } = message as { process: object }
    spy(child, 'spawn', () => spawned.push(child))
  }
  diagnostics_channel.subscribe('child_process', publish)
  const code = "process.once('message', (message, socket) => { socket.destroy(); process.disconnect() })"
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  diagnostics_channel.unsubscribe('child_process', publish)
  note('a ChildProcess', 'spawn', spawned.includes(child))

  const server = net.createServer()
  const port = await listen(server)
  const accepting = once(server, 'connection')
  const client = net.connect(port, '127.0.0.1').resume()
  const [socket] = (await accepting) as [net.Socket & SocketInternals]
  const { _handle: handle } = socket
  spy(child, '_send', ([, sent]) => note('a ChildProcess', '_send', sent === socket))
  child.send('socket', socket)
  note('a socket of a server', '_handle', typeof handle === 'object' && handle !== null && socket._handle === null)
  await Promise.all([once(child, 'exit'), once(client, 'close')])
  server.close()
}

/** A request and a file over HTTP/2, at a server with the compatibility API. */
async function driveHttp2(): Promise<void> {
  const server = http2.createServer()
  const port = await listen(server)
  const files: http2.ServerHttp2Stream[] = []
  server.on('session', (session) => {
    note('an Http2Session', 'Symbol(socket)', valueUnder(session, SYMBOLS.http2SessionSocket) instanceof net.Socket)
  })
  server.on('request', (request, response) => {
    note('a ServerHttp2Stream', 'Symbol(request)', valueUnder(response.stream, SYMBOLS.http2StreamRequest) === request)
    if (request.url === '/file') {
      files.push(response.stream)
      response.stream.respondWithFile(fileURLToPath(import.meta.url))
    } else {
      response.end('pong')
    }
  })
  const session = http2.connect(`http://127.0.0.1:${port}`)
  note(
    "a client's Http2Session",
    'Symbol(authority)',
    valueUnder(session, SYMBOLS.http2SessionAuthority) === `127.0.0.1:${port}`,
  )
  const first = session.request({ ':path': '/file' })
  const resource = valueUnder(first, SYMBOLS.http2RequestResource)
  const isResource = resource instanceof AsyncResource
  note('a ClientHttp2Stream', 'Symbol(requestAsyncResource)', isResource)
  spy(isResource ? resource : undefined, 'runInAsyncScope', ([, , , stream, event]) => {
    if (stream === first) note('the resource of a request over HTTP/2', 'runInAsyncScope', event === 'response')
  })
  const prototype = http2StreamPrototypeOf(first)
  const called = new Set<unknown>()
  const names = ['push', '_write', '_writev', '_final', 'close', '_destroy'] as const
  const restore = names.map((name) => spy(prototype, name, () => called.add(name)))
  await once(first.resume(), 'close')
  const isFile = files.length === 1 && files.every((s) => Object.hasOwn(s, '_final') && s._final === null)

  const second = session.request({ ':method': 'POST' })
  // The first chunk waits for nothing, and the two others for its callback, so that they are written together.
  for (const chunk of ['p', 'i', 'ng']) second.write(chunk)
  second.end()
  await once(second.resume(), 'close')
  const third = session.request({ ':method': 'POST' })
  third.close()
  await once(third, 'close')
  for (const undo of restore) undo()
  const isBase = prototype.constructor.name === 'Http2Stream'
  for (const name of names) {
    note('Http2Stream.prototype', name, isBase && called.has(name) && (name !== '_final' || isFile))
  }
  session.close()
  server.close()

  const unconnected = makeSessions()
  noteFact(
    'http2 makes sessions without handles on sockets that are connecting',
    Object.getPrototypeOf(unconnected.client) === Object.getPrototypeOf(session) &&
      unconnected.server.constructor.name === 'ServerHttp2Session' &&
      unconnected.client.connecting &&
      unconnected.server.connecting,
  )
}

/** A `fetch` with a body, as Node's own undici publishes it. */
async function driveFetch(): Promise<void> {
  const server = http.createServer((request, response) => request.resume().on('end', () => response.end('pong')))
  const port = await listen(server)
  type PublishedRequest = UndiciRequestInternals & { readonly headers: unknown }
  const requests: PublishedRequest[] = []
  const chunks: unknown[] = []
  let stack: readonly string[] = []
  const subscribers: Record<string, (message: unknown) => void> = {
    'undici:request:create': (message) => {
      requests.push((message as { request: PublishedRequest }).request)
      stack = getCallSites(30).map(({ functionName }) => functionName)
    },
    'undici:request:bodyChunkSent': (message) => chunks.push((message as { chunk: unknown }).chunk),
    'undici:request:bodyChunkReceived': (message) => chunks.push((message as { chunk: unknown }).chunk),
  }
  for (const [name, subscriber] of Object.entries(subscribers)) diagnostics_channel.subscribe(name, subscriber)
  const response = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'ping' })
  await response.text()
  for (const [name, subscriber] of Object.entries(subscribers)) diagnostics_channel.unsubscribe(name, subscriber)
  server.closeAllConnections()
  server.close()

  const owner = 'the request that undici publishes'
  const [request] = requests
  const texts = chunks.map((chunk) => Buffer.from(chunk as Uint8Array).toString())
  note(owner, 'body', Object.prototype.toString.call(request?.body) === '[object AsyncGenerator]')
  note(owner, 'contentLength', request?.contentLength === 4)
  noteFact('fetch sends the header sec-fetch-mode', fieldOfUndici(request?.headers, 'sec-fetch-mode') !== undefined)
  noteFact('fetch dispatches its request in httpNetworkFetch', stack.includes('httpNetworkFetch'))
  note(owner, 'onBodySent', typeof request?.onBodySent === 'function' || texts.includes('ping'))
  note(owner, 'onData', typeof request?.onData === 'function' || texts.includes('pong'))
}

/** The handshake of a WebSocket that `WebSocket` opens. */
async function driveWebSocket(): Promise<void> {
  const server = http.createServer()
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${WEBSOCKET_GUID}`)
      .digest('base64')
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    )
  })
  const port = await listen(server)
  const owner = 'the request that undici publishes'
  const calls: unknown[][] = []
  const restore: (() => void)[] = []
  const subscriber = (message: unknown) => {
    const { request } = message as { request: UndiciRequestInternals }
    const prototype = Object.getPrototypeOf(request)
    for (const name of ['onUpgrade', 'onRequestUpgrade']) {
      if (typeof prototype[name] === 'function') restore.push(spy(prototype, name, (args) => calls.push(args)))
    }
  }
  diagnostics_channel.subscribe('undici:request:create', subscriber)
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}`)
  await new Promise((resolve) => webSocket.addEventListener('close', resolve))
  diagnostics_channel.unsubscribe('undici:request:create', subscriber)
  for (const undo of restore) undo()
  server.close()
  const works = calls.some(([status, , socket]) => status === 101 && socket instanceof net.Socket)
  // Each version has one of the two.
  note(owner, 'onUpgrade', works)
  note(owner, 'onRequestUpgrade', works)
}

/** RFC 6455, 1.3. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** A stream in which chunks wait. */
async function driveReadable(): Promise<void> {
  const stream = new PassThrough() as PassThrough & ReadableInternals
  for (const chunk of ['read', 'a', 'b']) stream.push(chunk)
  stream.read(4)
  const { buffer, bufferIndex = 0 } = stream._readableState ?? {}
  const waiting = Array.isArray(buffer) ? buffer.slice(bufferIndex).map(String) : []
  note('a stream that is read from', '_readableState', waiting.join() === 'a,b')
}

/** A session of undici from npm, which `fetch` uses for HTTP/2 as well. */
async function driveUndiciHttp2(): Promise<void> {
  const { H2CClient } = await import('undici')
  const server = http2.createServer((_request, response) => response.end('pong'))
  const port = await listen(server)
  const sessions: object[] = []
  const { connect } = http2
  http2.connect = ((...args: Parameters<typeof connect>) => {
    const session = connect(...args)
    sessions.push(session)
    return session
  }) as typeof connect
  const client = new H2CClient(`http://127.0.0.1:${port}`)
  const { body } = await client.request({ path: '/', method: 'GET' })
  await body.text()
  http2.connect = connect
  note(
    "an Http2Session of undici's",
    'Symbol(open streams)',
    sessions.length > 0 && sessions.every((s) => symbolOf(s, SYMBOLS.undiciOpenStreams)),
  )
  await client.close()
  server.close()
}

async function listen(server: net.Server | http2.Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as net.AddressInfo).port
}

function parserOf(stream: object): (HttpParser & HttpParserPrototype) | undefined {
  return (stream as SocketInternals).parser ?? undefined
}

function valueUnder(object: object, description: string): unknown {
  const symbol = symbolOf(object, description)
  return symbol === undefined ? undefined : (object as Record<symbol, unknown>)[symbol]
}

/** Reports the arguments of each call of a method, if there is one. Returns a function that restores the object. */
function spy(
  target: object | undefined,
  name: string | number | undefined,
  report: (args: unknown[]) => void,
): () => void {
  const object = target as Record<string | number, unknown>
  if (target === undefined || name === undefined || typeof object[name] !== 'function') return () => {}
  const original = object[name]
  const own = Object.getOwnPropertyDescriptor(target, name)
  object[name] = function (this: unknown, ...args: unknown[]): unknown {
    report(args)
    return original.apply(this, args)
  }
  return () => {
    if (own) Object.defineProperty(target, name, own)
    else delete object[name]
  }
}
