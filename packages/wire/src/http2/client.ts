import type { ClientHttp2Stream, Http2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import { isAbort } from '../connection-end.ts'
import { ExchangeRecord } from '../exchange-record.ts'
import { SYMBOLS, symbolOf } from '../node-internals.ts'
import type { WireObserver } from '../observer.ts'
import { privateSlot } from '../private-slot.ts'
import { subscribeAll } from '../subscriptions.ts'
import { socketOf } from './session.ts'
import { type Http2Tap, tapStream } from './taps.ts'

type StreamError = Error & { readonly cause?: unknown }

/** Node's own type leaves out what every stream has. */
type Stream = ClientHttp2Stream & { readonly errored: StreamError | null }

/**
 * Requests that this process makes with `http2`, where Node publishes their streams: 22.15.0 and 24.0.0 do not, later
 * releases of either line do. undici's, which publishes its own, are left to it, and so are those that a server pushes.
 */
export function watchHttp2Client(observers: () => readonly WireObserver[]): () => void {
  return subscribeAll({
    'http2.client.stream.created': ({ stream, headers }: { stream: Stream; headers: OutgoingHttpHeaders }) => {
      if (isPushed(stream) || isOfUndici(stream.session)) return
      const exchange = new Http2Exchange(stream, headers)
      if (exchange.offerTo(observers(), 'clientExchange')) exchange.watch()
    },
    // In spite of its name: the response's head is here, its body is not.
    'http2.client.stream.finish': ({ stream, headers }: { stream: Stream; headers: IncomingHttpHeaders }) => {
      exchanges.get(stream)?.head(headers)
    },
    // Before the stream's own `errored`, which wrappers of its `_destroy` delay.
    'http2.client.stream.error': ({ stream, error }: { stream: Stream; error: StreamError }) => {
      exchanges.get(stream)?.failed(error)
    },
    // Either end has closed the stream, or both have said all; the app may still have to read what arrived.
    'http2.client.stream.close': ({ stream }: { stream: Stream }) => {
      exchanges.get(stream)?.closed()
    },
  })
}

const exchanges = privateSlot<Http2Exchange>()

class Http2Exchange extends ExchangeRecord implements Http2Tap {
  readonly side = 'client'
  readonly #stream: Stream
  readonly #headers: OutgoingHttpHeaders
  #isSent = false
  /** The response's last frame arrived while the stream was open. */
  #isWhole = false
  #isDisconnected = false
  #error: StreamError | undefined

  constructor(stream: Stream, headers: OutgoingHttpHeaders) {
    super()
    this.#stream = stream
    this.#headers = headers
  }

  get method(): string {
    return this.header(':method') ?? 'GET'
  }

  get target(): string {
    return this.header(':path') ?? '/'
  }

  get host(): string {
    return this.header(':authority') ?? this.header('host') ?? ''
  }

  header(name: string): string | undefined {
    return field(this.#headers, name)
  }

  watch(): void {
    const stream = this.#stream
    tapStream(stream, this)
    exchanges.set(stream, this)
    if (stream.destroyed) {
      // The app's signal had been aborted before.
      this.destroyed()
    } else if (!stream.pending && stream.writableEnded) {
      // On a session that is connected, Node has sent a request without a body by now.
      this.sentEnd()
    }
  }

  sent(chunk: Uint8Array | string, encoding: unknown): void {
    this.requestChunk(chunk, encoding)
  }

  sentEnd(): void {
    this.#isSent = true
    this.requestEnd()
  }

  head(headers: IncomingHttpHeaders): void {
    const status = Number(headers[':status'])
    this.response({ status, header: (name) => field(headers, name) })
    // A tunnel: what follows is not HTTP.
    if (this.method === 'CONNECT' && status >= 200 && status < 300) this.end('complete')
  }

  received(chunk: Uint8Array): void {
    this.responseChunk(chunk)
  }

  receivedEnd(): void {
    this.#isWhole = true
    this.fixEndTime()
  }

  /** A response that the app does not read keeps its stream, whose exchange is over all the same. */
  closed(): void {
    this.fixEndTime()
    const { rstCode, session, state } = this.#stream
    this.#isDisconnected = isDisconnected(session)
    if (!this.#isSent && state.localClose === 1) this.sentEnd()
    if (this.#isWhole && this.hasResponse && rstCode === 0) this.end('complete')
  }

  failed(error: StreamError): void {
    this.#error = error
  }

  /** Only now is known with which error: a server may reset a stream after the last frame of its response. */
  destroyed(): void {
    const failure = this.#error ?? this.#stream.errored ?? undefined
    if (this.#isWhole && this.hasResponse && failure === undefined) {
      this.end('complete')
      return
    }
    // That no connection was made is the cause of what its streams report.
    const error = !isAbort(failure) && failure?.cause instanceof Error ? failure.cause : failure
    this.end(this.#isDisconnected || !isAbort(error) ? 'error' : 'aborted', error)
  }
}

/** Values of one name are joined with `, `. Names that the app wrote may be in any case. */
function field(headers: OutgoingHttpHeaders, name: string): string | undefined {
  const value = headers[name] ?? headers[Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name]
  return Array.isArray(value) ? value.join(', ') : value?.toString()
}

/** Only clients begin streams with odd numbers. A request that waits for its connection has no number yet. */
const isPushed = ({ id }: Stream) => id !== undefined && id % 2 === 0

const sessionsOfUndici = privateSlot<boolean>()

/** undici counts the streams of its sessions under a symbol of this name, from the sessions' beginning. */
function isOfUndici(session: Http2Session | undefined): boolean {
  if (session === undefined) return false
  const known = sessionsOfUndici.get(session)
  if (known !== undefined) return known
  const isIts = symbolOf(session, SYMBOLS.undiciOpenStreams) !== undefined
  sessionsOfUndici.set(session, isIts)
  return isIts
}

/** A connection that is gone closes its streams like an app does, without an error. */
const isDisconnected = (session: Http2Session | undefined) =>
  session !== undefined && !session.destroyed && socketOf(session)?.destroyed === true
