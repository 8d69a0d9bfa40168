import http2 from 'node:http2'
import type { Socket } from 'node:net'
import type { Fault } from './faulty-collector.ts'
import { field } from './protobuf.ts'

/** A fault, and the line that it has on stderr. */
export interface KnownFault extends Fault {
  /** Matches what the line says after where the metrics go. */
  readonly says: RegExp
}

const GRPC = http2.createServer()

function response(status: string, fields: Readonly<Record<string, string>>, body: string | Buffer): Buffer {
  const all = { ...fields, 'content-length': Buffer.byteLength(body) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), Buffer.from(body)])
}

/** A fault that responds to each request like this. */
const responds = (...args: Parameters<typeof response>): Fault => ({
  requested: (socket) => socket.write(response(...args)),
})

/** Writes again and again, until the connection is closed. */
function writes(socket: Socket, text: string, everyMs: number): void {
  const timer = setInterval(() => {
    if (!socket.destroyed && socket.writableLength < 1e6) socket.write(text)
  }, everyMs)
  socket.on('close', () => clearInterval(timer))
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const HTML = { 'content-type': 'text/html; charset=utf-8' }
const CHUNKED = 'transfer-encoding: chunked\r\n\r\n'
const CHUNK = `4000\r\n${'x'.repeat(0x4000)}\r\n`

const CLOSED = /^the collector closed the connection without a response: /

/** Everything that a collector, or what listens in its place, may do wrong. */
export const FAULTS: Readonly<Record<string, KnownFault>> = {
  'accepts connections and never responds': { says: /^no response within \d+ ms$/ },
  'drips a head': {
    requested: (socket) => writes(socket, 'x', 10),
    connected: (socket) => socket.write('HTTP/1.1 200 OK\r\nx-drip: '),
    says: /^no response within \d+ ms$/,
  },
  'drips a body': {
    requested(socket) {
      socket.write(`HTTP/1.1 200 OK\r\n${CHUNKED}`)
      writes(socket, '1\r\nx\r\n', 10)
    },
    says: /^no response within \d+ ms$/,
  },
  'says again and again that it will respond': {
    requested: (socket) => writes(socket, 'HTTP/1.1 102 Processing\r\n\r\n', 10),
    says: /^no response within \d+ ms$/,
  },
  'resets connections': { connected: (socket) => socket.resetAndDestroy(), says: CLOSED },
  'resets requests': { requested: (socket) => socket.resetAndDestroy(), says: CLOSED },
  'closes without a response': { requested: (socket) => socket.end(), says: CLOSED },
  'closes in the middle of a response': {
    requested: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'),
    says: /^the connection was closed in the middle of a response with 200$/,
  },
  'redirects for good': {
    ...responds('301 Moved Permanently', { location: 'https://user:secret@new.example/v1/metrics?key=secret' }, ''),
    says: /^the collector redirects by 301 to https:\/\/new\.example\/v1\/metrics, .*OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  'redirects for now': {
    ...responds('307 Temporary Redirect', { location: '/elsewhere?key=secret' }, 'moved'),
    says: /^the collector redirects by 307 to \/elsewhere, /,
  },
  'refuses the data with a status of OTLP': {
    ...responds('400 Bad Request', PROTOBUF, field(2, 'no such\nunit')),
    says: /^the collector responded with 400: no such unit$/,
  },
  'refuses the data with an endless body': {
    requested(socket) {
      socket.write(`HTTP/1.1 400 Bad Request\r\n${CHUNKED}`)
      writes(socket, CHUNK, 1)
    },
    says: /^the collector responded with 400: x{200}…$/,
  },
  'does not know the client': {
    ...responds('401 Unauthorized', { 'content-type': 'application/json' }, '{"code":16,"message":"no token"}'),
    says: /^the collector responded with 401 \(check OTEL_EXPORTER_OTLP_HEADERS\): no token$/,
  },
  'does not know the path': {
    ...responds('404 Not Found', HTML, '<html><style>p {}</style><p>No <b>such</b> page'),
    says: /^the collector responded with 404 \(check the path, .*\): No such page$/,
  },
  'is overloaded for an hour': {
    ...responds('429 Too Many Requests', { 'retry-after': '3600' }, 'later'),
    says: /^the collector responded with 429: later$/,
  },
  'is not available': { ...responds('503 Service Unavailable', {}, ''), says: /^the collector responded with 503$/ },
  'has an error of its own': {
    ...responds('500 Internal Server Error', {}, Buffer.from([0xff, 0xfe])),
    says: /^the collector responded with 500$/,
  },
  'is no HTTP server': {
    connected: (socket) => socket.write('220 mail.example ESMTP\r\n'),
    says: /^the collector does not speak HTTP there .*port for gRPC\?/,
  },
  'has an endless head': {
    requested(socket) {
      socket.write('HTTP/1.1 200 OK\r\n')
      writes(socket, `x-more: ${'x'.repeat(4000)}\r\n`, 1)
    },
    says: /^the collector does not speak HTTP there \(.*Header overflow\)/,
  },
  'switches protocols': {
    requested: (socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    says: /^the collector responded with 101$/,
  },
  'is the port for gRPC': {
    connected: (socket) => GRPC.emit('connection', socket),
    says: /^the collector responded by HTTP\/2; is this the port for gRPC\?.*OTEL_EXPORTER_OTLP_PROTOCOL=grpc/,
  },
  'accepts with a page': {
    ...responds('200 OK', HTML, '<!doctype html><title>Welcome</title>'),
    says: /^the response is none of OTLP's, its content type is text\/html; charset=utf-8; check/,
  },
  'accepts with bytes that are no message': {
    ...responds('200 OK', PROTOBUF, Buffer.from([0xff, 0xff, 0xff, 0xff])),
    says: /^the response is none of OTLP's, its body cannot be decoded/,
  },
  'accepts with an endless body': {
    requested(socket) {
      socket.write(`HTTP/1.1 200 OK\r\n${CHUNKED}`)
      writes(socket, CHUNK, 1)
    },
    says: /^the response is none of OTLP's, its body has more than \d+ bytes/,
  },
  'accepts a part': {
    ...responds('200 OK', PROTOBUF, field(1, Buffer.concat([Buffer.from([8, 5]), field(2, 'too many\nseries')]))),
    says: /^the collector rejected points: too many series \(5\)$/,
  },
  'accepts a part, and says so in JSON': {
    ...responds('200 OK', { 'content-type': 'application/json' }, '{"partialSuccess":{"rejectedDataPoints":"3"}}'),
    says: /^the collector rejected points \(3\)$/,
  },
  'accepts with a warning': {
    ...responds('200 OK', PROTOBUF, field(1, field(2, 'old client'))),
    says: /^the collector warns: old client$/,
  },
}
