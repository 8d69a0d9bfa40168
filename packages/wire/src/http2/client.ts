import type { ClientHttp2Stream, Http2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import { isAbort } from '../connection-end.ts'
import { ExchangeRecord } from '../exchange-record.ts'
import { guarded } from '../guard.ts'
import { SYMBOLS, symbolOf } from '../node-internals.ts'
import type { WireObserver } from '../observer.ts'
import { once } from '../once.ts'
import { privateSlot } from '../private-slot.ts'
import { shadow } from '../shadow.ts'
import { subscribeAll } from '../subscriptions.ts'
import { fieldsOf, receivedHeader, sentHeader } from './header-fields.ts'
import { publishStreams } from './publish-streams.ts'
import { socketOf } from './session-socket.ts'
import { type Http2StreamListener, streamListenerOf, tapStream } from './stream-tap.ts'

type StreamError = Error & { readonly cause?: unknown }

/** A stream with what every stream has and Node's type leaves out. */
type Stream = ClientHttp2Stream & { readonly errored: StreamError | null }

/** Before 22.20 and 24.9 what the app passed, which may be a list; since then `stream.sentHeaders`. */
type PublishedHeaders = OutgoingHttpHeaders | readonly string[]

/**
 * Watches the requests that this process makes with `http2`. Requests of undici are left to `undici.ts`. What a server pushes is
 * not a request.
 *
 * An exchange ends when its response has arrived whole, or else with its stream.
 *
 * @returns a function that stops watching; exchanges that are open are observed to their end
 */
export function watchHttp2Client(observers: () => readonly WireObserver[]): () => void {
  publishStreams()
  subscribeEvents()
  return subscribeAll({
    'http2.client.stream.created': ({ stream, headers }: { stream: Stream; headers: PublishedHeaders }) => {
      if (isPushed(stream) || isOfUndici(stream.session)) return
      const exchange = new ClientExchange(stream, headers)
      if (exchange.offerTo(observers(), 'clientExchange')) exchange.watch()
    },
  })
}

/** These subscriptions stay for good: exchanges that are open when their observer is removed are observed to their end. */
const subscribeEvents = once(() => {
  subscribeAll({
    // In spite of its name, this channel publishes a stream whose response's head has arrived and whose body has not.
    'http2.client.stream.finish': ({ stream, headers }: { stream: Stream; headers: IncomingHttpHeaders }) => {
      exchangeOf(stream)?.responseStarted(headers)
    },
    // This comes before the stream's `errored` is set, which other packages that wrap its `_destroy` may delay.
    'http2.client.stream.error': ({ stream, error }: { stream: Stream; error: StreamError }) => {
      exchangeOf(stream)?.failed(error)
    },
    // Either end has closed the stream, or both have sent their last frames. The app may still have to read the body.
    'http2.client.stream.close': ({ stream }: { stream: Stream }) => {
      exchangeOf(stream)?.streamClosed()
    },
  })
})

function exchangeOf(stream: Stream): ClientExchange | undefined {
  const listener = streamListenerOf(stream)
  return listener instanceof ClientExchange ? listener : undefined
}

class ClientExchange extends ExchangeRecord implements Http2StreamListener {
  readonly side = 'client'
  readonly #stream: Stream
  readonly #headers: OutgoingHttpHeaders
  /** Whether the whole request has been sent. */
  #isSent = false
  /** Whether the last frame of the response has arrived while the stream was open. */
  #hasArrived = false
  /** Whether the stream was closed because its connection had gone. */
  #isDisconnected = false
  /** Whether this process closed the stream while it was open. */
  #isClosedHere = false
  #error: StreamError | undefined

  constructor(stream: Stream, headers: PublishedHeaders) {
    super()
    this.#stream = stream
    // What the app passed may lack what Node adds. Where that was a list, some versions do not say what they sent.
    this.#headers = stream.sentHeaders ?? (Array.isArray(headers) ? fieldsOfList(headers, stream.session) : headers)
  }

  /** The channel is published within `session.request`. */
  override get isInCallerContext(): boolean {
    return true
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
    return sentHeader(this.#headers, name)
  }

  watch(): void {
    const stream = this.#stream
    if (this.wantsTrailers) tapTrailers(stream, (headers) => this.trailers((name) => receivedHeader(headers, name)))
    tapStream(stream, this)
  }

  outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void {
    this.requestChunk(chunk, encoding)
  }

  outgoingEnded(): void {
    this.#isSent = true
    this.requestEnd()
  }

  responseStarted(headers: IncomingHttpHeaders): void {
    const status = Number(headers[':status'])
    this.response({ status, header: (name) => receivedHeader(headers, name) })
    // A tunnel is no longer HTTP: its bytes are the app's.
    if (this.method === 'CONNECT' && status >= 200 && status < 300) this.end('complete')
  }

  incomingChunk(chunk: Uint8Array): void {
    this.responseChunk(chunk)
  }

  incomingEnded(): void {
    this.#hasArrived = true
    this.fixEndTime()
  }

  /** Ends an exchange whose response has arrived, since a stream whose response the app does not read is not destroyed. */
  streamClosed(): void {
    this.fixEndTime()
    const { rstCode, session, state } = this.#stream
    this.#isDisconnected = isDisconnected(session)
    if (!this.#isSent && state.localClose === 1) this.outgoingEnded()
    if (this.#hasArrived && this.hasResponse && rstCode === 0) this.end('complete')
  }

  closing(): void {
    this.#isClosedHere = true
  }

  closeRefused(): void {
    this.#isClosedHere = false
  }

  failed(error: StreamError): void {
    this.#error = error
  }

  /** Only now is the error final: a server may reset a stream even after the last frame of its response. */
  streamDestroyed(): void {
    const failure = this.#error ?? this.#stream.errored ?? undefined
    if (this.#hasArrived && this.hasResponse && failure === undefined) {
      this.end('complete')
      return
    }
    // If no connection was made, the reason for that is the cause of what its streams report.
    const error = !isAbort(failure) && failure?.cause instanceof Error ? failure.cause : failure
    // A server may close a stream without an error, which Node then reports as none.
    const isAborted = error === undefined ? this.#isClosedHere : isAbort(error)
    this.end(this.#isDisconnected || !isAborted ? 'error' : 'aborted', error)
  }
}

/** Observes the trailers of a stream's response, which no channel publishes, by the event that Node emits for them. */
function tapTrailers(stream: Stream, onTrailers: (headers: IncomingHttpHeaders) => void): void {
  const { emit } = stream
  const notify = guarded((name: unknown, headers: unknown) => {
    if (name === 'trailers') onTrailers(headers as IncomingHttpHeaders)
  })
  shadow(stream, 'emit', function (this: Stream, name: string, ...args: unknown[]) {
    notify(name, args[0])
    return emit.call(this, name, ...args)
  })
}

/**
 * Whether the server began the stream: those of clients have odd numbers. A request that waits for its connection has no
 * number yet.
 */
const isPushed = ({ id }: Stream) => id !== undefined && id % 2 === 0

const undiciSessions = privateSlot<boolean>()

/** Whether a session is undici's, which puts a count of its streams on each session before the first of them. */
function isOfUndici(session: Http2Session | undefined): boolean {
  if (session === undefined) return false
  const known = undiciSessions.get(session)
  if (known !== undefined) return known
  const hasCount = symbolOf(session, SYMBOLS.undiciOpenStreams) !== undefined
  undiciSessions.set(session, hasCount)
  return hasCount
}

/** Returns the headers of a list. Node adds the host and port that the session was made for, if the list has no host. */
function fieldsOfList(list: readonly string[], session: Http2Session | undefined): OutgoingHttpHeaders {
  const key = session && symbolOf(session, SYMBOLS.http2SessionAuthority)
  const authority = key && (session as unknown as Record<symbol, string | undefined>)[key]
  const fields = fieldsOf(list)
  return fields.host === undefined ? { ':authority': authority, ...fields } : fields
}

/** Whether the connection of a session has gone. Its streams are closed without an error then, as if the app closed them. */
const isDisconnected = (session: Http2Session | undefined) =>
  session !== undefined && !session.destroyed && socketOf(session)?.destroyed === true
