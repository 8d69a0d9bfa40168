import type { ClientHttp2Stream, Http2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { isAbort } from './endings.ts'
import type { WireObserver } from './exchange.ts'
import { ExchangeRecord } from './exchange-record.ts'
import { guarded } from './guard.ts'
import { type Http2Tap, tapStream } from './http2-taps.ts'
import { subscribeAll } from './subscriptions.ts'

/** Node's own type leaves out what every stream has. */
type Stream = ClientHttp2Stream & { readonly errored: (Error & { readonly cause?: unknown }) | null }

/**
 * Requests that this process makes with `http2`, where Node publishes their streams: 22.15.0 and 24.0.0 do not, later
 * releases of either line do. undici's, which publishes its own, are left to it, and so are those that a server pushes.
 */
export function watchHttp2Client(observers: () => readonly WireObserver[]): () => void {
  const exchanges = new WeakMap<Stream, Http2Exchange>()
  return subscribeAll({
    'http2.client.stream.created': ({ stream, headers }: { stream: Stream; headers: OutgoingHttpHeaders }) => {
      if (stream.id !== undefined || isOfUndici(stream.session)) return
      const exchange = new Http2Exchange(stream, headers)
      if (!exchange.ask(observers(), 'clientExchange')) return
      exchanges.set(stream, exchange)
      exchange.watch()
    },
    'http2.client.stream.bodySent': ({ stream }: { stream: Stream }) => {
      exchanges.get(stream)?.requestEnd()
    },
    // In spite of its name: the response's head is here, its body is not.
    'http2.client.stream.finish': ({ stream, headers }: { stream: Stream; headers: IncomingHttpHeaders }) => {
      exchanges.get(stream)?.response({ status: Number(headers[':status']), header: (name) => field(headers, name) })
    },
    'http2.client.stream.close': ({ stream }: { stream: Stream }) => {
      exchanges.get(stream)?.closing()
    },
  })
}

class Http2Exchange extends ExchangeRecord implements Http2Tap {
  readonly side = 'client'
  readonly #stream: Stream
  readonly #headers: OutgoingHttpHeaders
  /** The response had ended before the stream closed: then Node ends it in any case. */
  #isWhole = false
  #isClosing = false
  #isDisconnected = false

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
    tapStream(this.#stream, this)
    this.#stream.once(
      'close',
      guarded(() => this.#closed()),
    )
  }

  sent(chunk: Uint8Array | string, encoding: unknown): void {
    this.requestChunk(chunk, encoding)
  }

  received(chunk: Uint8Array): void {
    this.responseChunk(chunk)
  }

  receivedEnd(): void {
    if (!this.#isClosing) this.#isWhole = true
  }

  /** The first that tells, of the app and Node. */
  closing(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#isDisconnected = isDisconnected(this.#stream.session)
    this.stamp()
  }

  /** Only now is known with which error. */
  #closed(): void {
    const { rstCode, errored } = this.#stream
    if (this.#isWhole && this.responded && !rstCode) {
      this.end('complete')
      return
    }
    // That no connection was made is the cause of what its streams report.
    const error = errored?.cause instanceof Error ? errored.cause : (errored ?? undefined)
    this.end(this.#isDisconnected || !isAbort(error) ? 'error' : 'aborted', error)
  }
}

/** Values of one name are joined with `, `. Names that the app wrote may be in any case. */
function field(headers: OutgoingHttpHeaders, name: string): string | undefined {
  const value = headers[name] ?? headers[Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name]
  return Array.isArray(value) ? value.join(', ') : value?.toString()
}

/** undici counts the streams of its sessions under a symbol of this name. */
const isOfUndici = (session: Http2Session | undefined) =>
  session !== undefined &&
  Object.getOwnPropertySymbols(session).some(({ description }) => description === 'open streams')

/** A connection that is gone closes its streams like an app does, without an error. */
function isDisconnected(session: Http2Session | undefined): boolean {
  try {
    return (session?.socket as Socket | undefined)?.destroyed === true && !session?.destroyed
  } catch {
    // The two have parted.
    return false
  }
}
