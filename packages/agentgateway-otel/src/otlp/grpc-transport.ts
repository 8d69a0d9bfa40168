import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import { boundAttempt } from './bounded-attempt.ts'
import { GrpcConnection } from './grpc-connection.ts'
import { attemptOfError } from './grpc-error.ts'
import { decodeMessage, encodeMessage } from './grpc-message.ts'
import { createRequestHeaders, formatTimeout } from './grpc-metadata.ts'
import { failureOf, type GrpcResponse, isSuccess } from './grpc-status.ts'
import type { Attempt, OtlpTransport } from './transport.ts'

/** A longer response fails the export. */
const MAX_RESPONSE_BYTES = 65_536

const { NGHTTP2_CANCEL } = constants

/**
 * Creates a transport that sends exports by gRPC, as unary calls over one HTTP/2 connection, which is opened by the
 * first call and again when it has been closed.
 *
 * The official client, `@grpc/grpc-js`, would be almost ten times as large as all the rest of the bridge, and cannot be kept
 * from holding a process whose collector does not respond: it references its timers and its sessions for as long as a
 * call lasts. It also writes to the console as the app's variables have it.
 */
export function createGrpcTransport(configuration: OtlpConfiguration): OtlpTransport {
  const isCompressed = configuration.compression === 'gzip'
  const headers = createRequestHeaders(configuration.headers, isCompressed)
  const connection = new GrpcConnection(configuration)

  async function call(message: Uint8Array, deadlineMs: number, isOver: () => boolean): Promise<Attempt> {
    const frame = await encodeMessage(message, isCompressed)
    for (;;) {
      if (isOver()) throw new Error('the time is over')
      const { stream, isReused } = await connection.call(() => ({
        ...headers,
        'grpc-timeout': formatTimeout(deadlineMs - performance.now()),
      }))
      stream.end(frame)
      const response = await responseOf(stream)
      const attempt = await attemptOf(response)
      if (attempt !== undefined) return attempt
      // A connection that was closed meanwhile says nothing about the collector, so there is no wait.
      if (isReused && connection.isClosed && response.headers === undefined) continue
      return attemptOfError(connection.error ?? response.error, connection)
    }
  }

  return {
    send(message, timeoutMs) {
      const deadlineMs = performance.now() + timeoutMs
      return boundAttempt({
        timeoutMs,
        connection,
        attempt: (isOver) => call(message, deadlineMs, isOver),
        attemptOfError: (error) => attemptOfError(error, connection),
      })
    },
    close() {
      connection.close()
    },
  }
}

const refused = (message: string): Attempt => ({ outcome: 'refused', error: new Error(message) })

interface Response extends GrpcResponse {
  readonly body: Buffer
  readonly isTooLong: boolean
  /** The error of the stream; undefined when it has none. */
  readonly error: Error | undefined
}

/** Waits for the end of a call. */
function responseOf(stream: ClientHttp2Stream): Promise<Response> {
  return new Promise((resolve) => {
    let headers: IncomingHttpHeaders | undefined
    let trailers: IncomingHttpHeaders | undefined
    let error: Error | undefined
    const chunks: Buffer[] = []
    let size = 0
    stream.on('response', (fields) => {
      headers = fields
    })
    stream.on('trailers', (fields) => {
      trailers = fields
    })
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_RESPONSE_BYTES) chunks.push(chunk)
      else stream.close(NGHTTP2_CANCEL)
    })
    stream.on('error', (cause) => {
      error = cause
    })
    stream.on('close', () => {
      resolve({ headers, trailers, body: Buffer.concat(chunks), isTooLong: size > MAX_RESPONSE_BYTES, error })
    })
  })
}

/** Returns what the response makes of the attempt; undefined when there is none that is complete. */
async function attemptOf(response: Response): Promise<Attempt | undefined> {
  const failure = failureOf(response)
  if (failure !== undefined) return failure
  if (response.isTooLong) return refused(`the collector's response has more than ${MAX_RESPONSE_BYTES} bytes`)
  if (!isSuccess(response)) return undefined
  try {
    return { outcome: 'accepted', body: await decodeMessage(response.body, MAX_RESPONSE_BYTES) }
  } catch (error) {
    return { outcome: 'accepted', body: new Uint8Array(), problem: (error as Error).message }
  }
}
