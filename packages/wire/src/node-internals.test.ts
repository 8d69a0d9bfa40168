/**
 * The canary of the ledger: one test for each private name of `node-internals.ts`, whose failure names what the running
 * Node lacks. Any version of Node can run this file by itself: `node --test packages/wire/src/node-internals.test.ts`
 * (22.15 needs `--experimental-strip-types`).
 */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { findPrivateNames } from './node-internals.test-support.ts'
import type {
  ChildProcessInternals,
  ClientRequestInternals,
  ClientRequestPrototype,
  Http2StreamPrototype,
  HttpParser,
  HttpParserClass,
  HttpParserPrototype,
  IncomingMessageInternals,
  OutgoingMessageInternals,
  ReadableInternals,
  RequestResourceInternals,
  SocketInternals,
  SocketPrototype,
  SYMBOLS,
  UndiciRequestInternals,
} from './node-internals.ts'

/** What each private name is used for, by its owner. The compiler requires a line for every name of the ledger. */
const USES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a socket of a server': {
    server: 'know which server accepted a connection',
    _handle: 'notice that a socket was handed over to a child process',
    parser: 'tap the bodies that arrive',
    _httpMessage: 'find the exchange of an upgrade or of a refusal',
  } satisfies Record<keyof SocketInternals, string>,
  'net.Socket.prototype': {
    _destroy: 'notify of the end of connections',
    _writeGeneric: 'read the response to an upgrade',
  } satisfies Record<keyof SocketPrototype, string>,
  'a stream that is read from': {
    _readableState: 'read what arrives before a stream is tapped, such as the first messages of a WebSocket',
  } satisfies Record<keyof ReadableInternals, string>,
  'an HTTP parser': {
    incoming: 'know which message a body belongs to',
    socket: 'know which connection is upgraded',
  } satisfies Record<Exclude<keyof HttpParser, number>, string>,
  HTTPParser: {
    kOnBody: 'tap the bodies that arrive',
    kOnMessageComplete: 'know when a message has arrived whole',
  } satisfies Record<keyof HttpParserClass, string>,
  'HTTPParser.prototype': {
    finish: 'notice upgrades',
  } satisfies Record<keyof HttpParserPrototype, string>,
  'an http.IncomingMessage': {
    upgrade: 'notice upgrades',
  } satisfies Record<keyof IncomingMessageInternals, string>,
  'an http.OutgoingMessage': {
    _header: 'read heads as they were sent',
    _headerSent: 'know whether a head was sent',
    _hasBody: 'leave out bodies that Node drops',
  } satisfies Record<keyof OutgoingMessageInternals, string>,
  'an http.ClientRequest': {
    parser: 'notice upgrades at clients',
  } satisfies Record<keyof ClientRequestInternals, string>,
  'http.ClientRequest.prototype': {
    destroy: 'notice that the app destroys a request',
    onSocket: 'report the error of an agent that finds no connection',
  } satisfies Record<keyof ClientRequestPrototype, string>,
  'a ChildProcess': {
    spawn: "tap a child's pipes before the app gets them",
    _send: 'notice that a socket is handed over',
  } satisfies Record<keyof ChildProcessInternals, string>,
  'Http2Stream.prototype': {
    push: 'tap the bodies that arrive over HTTP/2',
    _write: 'tap the bodies that are sent over HTTP/2',
    _writev: 'tap the bodies that are sent over HTTP/2 in several chunks',
    _final: 'know when a body has been sent over HTTP/2, and which responses are files',
    close: 'know which side closes an HTTP/2 stream',
    _destroy: 'notify of the end of HTTP/2 streams',
  } satisfies Record<keyof Http2StreamPrototype, string>,
  'the resource of a request over HTTP/2': {
    runInAsyncScope: 'know the head of a response over HTTP/2, where Node does not publish streams',
  } satisfies Record<keyof RequestResourceInternals, string>,
  'the request that undici publishes': {
    body: 'know the body of a request that gets no connection',
    contentLength: 'know the body of a request that gets no connection',
    onBodySent: 'count what undici sends, where no channel publishes that',
    onData: 'count what undici receives, where no channel publishes that',
    onUpgrade: 'get the connection of a WebSocket, in undici 7 and before',
    onRequestUpgrade: 'get the connection of a WebSocket, from undici 8 on',
  } satisfies Record<keyof UndiciRequestInternals, string>,
}

/** The owner of the property under each symbol, the symbol's description, and what the property is used for. */
const SYMBOL_USES = {
  http2SessionSocket: ['an Http2Session', 'socket', 'know the socket of an HTTP/2 session'],
  http2SessionAuthority: [
    "a client's Http2Session",
    'authority',
    'know the host of a request whose headers are a list',
  ],
  http2StreamRequest: ['a ServerHttp2Stream', 'request', 'find the request of the compatibility API'],
  http2RequestResource: [
    'a ClientHttp2Stream',
    'requestAsyncResource',
    'know the head of a response over HTTP/2, where Node does not publish streams',
  ],
  undiciOpenStreams: ["an Http2Session of undici's", 'open streams', "count undici's requests over HTTP/2 once"],
  upgradeStream: [
    'the socket of an upgrade with a body',
    'UpgradeStream',
    'leave out upgrades that the app got before their body',
  ],
} as const satisfies { [Name in keyof typeof SYMBOLS]: [string, (typeof SYMBOLS)[Name], string] }

const FACTS = {
  'http.Server gives a parser to any stream that is emitted as its connection': 'notice upgrades at servers',
  'process.stdin and process.stdout are configurable getters': "observe this process's stdin and stdout",
  'Node calls _destroy once for each stream': 'notify of the end of streams',
  'http.Server destroys the socket of a refused request with an HPE_ error': 'report the requests that Node refuses',
  'http2 makes sessions without handles on sockets that are connecting':
    "find Node's classes of HTTP/2, where it does not publish streams",
  'fetch sends the header sec-fetch-mode': 'know the body of a request that gets no connection',
  'fetch dispatches its request in httpNetworkFetch': "know that a request is created in its caller's context",
}

describe('node-internals', () => {
  let found: ReadonlySet<string>
  before(async () => {
    found = await findPrivateNames()
  })

  function declare(owner: string, name: string, use: string): void {
    it(`${owner} has a working ${name}`, () => {
      const message = `Node ${process.version} has no working \`${name}\` on ${owner}, which is used to ${use}`
      assert.ok(found.has(`${owner} has a working ${name}`), message)
    })
  }
  for (const [owner, names] of Object.entries(USES)) {
    for (const [name, use] of Object.entries(names)) declare(owner, name, use)
  }
  for (const [owner, description, use] of Object.values(SYMBOL_USES)) declare(owner, `Symbol(${description})`, use)
  for (const [fact, use] of Object.entries(FACTS)) {
    it(fact, () => assert.ok(found.has(fact), `on Node ${process.version} that is not so, and it is used to ${use}`))
  }
})
