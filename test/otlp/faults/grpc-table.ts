import http from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { frameOf, type GrpcFault, respond, respondWithoutBody } from './grpc-collector.ts'
import { field } from './protobuf.ts'

/** A fault, and the line that it has on stderr. */
interface KnownGrpcFault extends GrpcFault {
  /** Matches what the line says after where the metrics go. */
  readonly says: RegExp
}

const HTTP1 = http.createServer((request, response) => request.resume().on('end', () => response.end()))

const TIMED_OUT = /^no response within \d+ ms$/

/** A fault that responds to each call with these fields alone. */
const fails = (status: number, message: string, fields: Readonly<Record<string, string>> = {}): GrpcFault => ({
  called: (stream) => respondWithoutBody(stream, { 'grpc-status': String(status), 'grpc-message': message, ...fields }),
})

/** A fault that accepts, with this for a message. */
const accepts = (message: Uint8Array, isCompressed = false): GrpcFault => ({
  called: (stream) => respond(stream, frameOf(message, isCompressed), { 'grpc-status': '0' }),
})

/** A fault that responds as a server that does not know gRPC. */
const respondsByHttp = (status: number, body: string): GrpcFault => ({
  called(stream) {
    stream.respond({ ':status': status, 'content-type': 'text/html' })
    stream.end(body)
  },
})

/** Does it again and again, until the stream is closed. */
function repeat(stream: ServerHttp2Stream, everyMs: number, act: () => void): void {
  const timer = setInterval(() => {
    if (!stream.destroyed && stream.writableLength < 1e6) act()
  }, everyMs)
  stream.on('close', () => clearInterval(timer))
}

/** The value of `grpc-status-details-bin` with a `google.rpc.RetryInfo`. */
export function retryInfo(seconds: number): string {
  const delay = seconds === 0 ? Buffer.alloc(0) : Buffer.from([8, seconds])
  const any = Buffer.concat([field(1, 'type.googleapis.com/google.rpc.RetryInfo'), field(2, field(1, delay))])
  // The specification has no padding.
  return field(3, any).toString('base64').replace(/=+$/, '')
}

/** Everything that a collector of gRPC, or what listens in its place, may do wrong. */
export const GRPC_FAULTS: Readonly<Record<string, KnownGrpcFault>> = {
  'accepts connections and never responds': { connected: (socket) => void socket.resume(), says: TIMED_OUT },
  'receives calls and never responds': { called() {}, says: TIMED_OUT },
  'drips a message': {
    called(stream) {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
      stream.write(Buffer.from([0, 0, 0, 255, 255]))
      repeat(stream, 10, () => stream.write('x'))
    },
    says: TIMED_OUT,
  },
  'says again and again that it will respond': {
    called: (stream) => repeat(stream, 10, () => stream.additionalHeaders({ ':status': 103 })),
    says: TIMED_OUT,
  },
  'resets connections': {
    connected: (socket) => socket.resetAndDestroy(),
    says: /^the collector closed the connection without a response: /,
  },
  'closes connections': {
    connected: (socket) => socket.resume().end(),
    says: /^the collector closed the connection without a response: /,
  },
  'closes the connection of a call': {
    called: (stream) => stream.session?.destroy(),
    says: /^the collector (?:closed the connection without a response: |ended the call without a status$)/,
  },
  'resets calls': {
    called: (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    says: /^the collector closed the connection without a response: .*NGHTTP2_INTERNAL_ERROR/,
  },
  'refuses calls with GOAWAY': {
    called: (stream) => stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM),
    says: /^the collector closed the connection without a response: .*code 11/,
  },
  'ends a response without a status': {
    called: (stream) => respond(stream, frameOf(Buffer.alloc(0)), {}),
    says: /^the collector ended the call without a status$/,
  },
  'is the port for HTTP': {
    connected: (socket) => HTTP1.emit('connection', socket),
    says: /^the collector does not speak HTTP\/2 there; is this the port for HTTP\?.*OTEL_EXPORTER_OTLP_PROTOCOL=http\/protobuf/,
  },
  'is no HTTP server': {
    connected: (socket) => socket.resume().write('220 mail.example ESMTP\r\n'),
    says: /^the collector does not speak HTTP\/2 there; /,
  },
  'is a proxy without a collector': {
    ...respondsByHttp(503, '<p>No upstream'),
    says: /^the collector responded by HTTP with status 503 and the content type text\/html, not by gRPC$/,
  },
  'does not know gRPC': {
    ...respondsByHttp(404, '<p>No such page'),
    says: /^the collector responded by HTTP with status 404 and the content type text\/html, not by gRPC; its port/,
  },
  'responds with an endless page': {
    called(stream) {
      stream.respond({ ':status': 200, 'content-type': 'text/html' })
      repeat(stream, 1, () => stream.write('x'.repeat(0x4000)))
    },
    says: /^the collector responded by HTTP with status 200 and the content type text\/html/,
  },
  'responds with an endless message': {
    called(stream) {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
      repeat(stream, 1, () => stream.write('x'.repeat(0x4000)))
    },
    says: /^the collector's response has more than \d+ bytes$/,
  },
  'is not available': { ...fails(14, 'busy%20%C3%A9%0A'), says: /^the collector responded with UNAVAILABLE: busy é$/ },
  'is exhausted': { ...fails(8, 'quota'), says: /^the collector responded with RESOURCE_EXHAUSTED: quota$/ },
  'is exhausted for two minutes': {
    ...fails(8, 'later', { 'grpc-status-details-bin': retryInfo(120) }),
    says: /^the collector responded with RESOURCE_EXHAUSTED: later$/,
  },
  'refuses the data': {
    ...fails(3, 'no such unit'),
    says: /^the collector responded with INVALID_ARGUMENT: no such unit$/,
  },
  'does not know the client': {
    ...fails(16, 'no token'),
    says: /^the collector responded with UNAUTHENTICATED \(check OTEL_EXPORTER_OTLP_HEADERS\): no token$/,
  },
  'does not know the service': {
    ...fails(12, ''),
    says: /^the collector responded with UNIMPLEMENTED \(it does not receive metrics by OTLP over gRPC there\)$/,
  },
  'responds with a status that is not known': {
    ...fails(99, '%zz'),
    says: /^the collector responded with status 99: %zz$/,
  },
  'accepts with bytes that are no message': {
    ...accepts(Buffer.from([0xff, 0xff, 0xff, 0xff])),
    says: /^the response is none of OTLP's, its body cannot be decoded/,
  },
  'accepts with a compressed message that is longer than allowed': {
    ...accepts(gzipSync(Buffer.alloc(1e7)), true),
    says: /^the response is none of OTLP's, /,
  },
  'accepts with half a frame': {
    called: (stream) => respond(stream, Buffer.from([0, 0]), { 'grpc-status': '0' }),
    says: /^the response is none of OTLP's, the body of the response is not one gRPC message/,
  },
  'accepts a part': {
    ...accepts(field(1, Buffer.concat([Buffer.from([8, 5]), field(2, 'too many\nseries')]))),
    says: /^the collector rejected points: too many series \(5\)$/,
  },
  'accepts a part, and says so in a compressed message': {
    ...accepts(gzipSync(field(1, Buffer.from([8, 7]))), true),
    says: /^the collector rejected points \(7\)$/,
  },
  'accepts with a warning': { ...accepts(field(1, field(2, 'old client'))), says: /^the collector warns: old client$/ },
}
