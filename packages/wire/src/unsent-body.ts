/** What undici publishes of a request's body, as far as it matters here. */
interface UnsentRequest {
  readonly body?: unknown
  /** What the `content-length` header says. */
  readonly contentLength?: number | null
  header(name: string): string | undefined
}

/** A longer body is not looked at before it is sent, in bytes. */
const MAX_BYTES = 1024 * 1024

const nothing = () => undefined

/**
 * The body of a request that undici has not begun to send, for the case that it never does: what is refused a connection
 * is published without its body.
 *
 * `undici.request` holds bytes. `fetch` holds a generator of its own, of which the app knows nothing; its first step is
 * taken early, and the generator gives the same result again to whoever sends the body, at this attempt or at a later
 * one. Only bodies whose length `fetch` knew beforehand are read so: they are in memory, and reading them is no event to
 * the app. A stream or a generator of the app's is left alone.
 *
 * @returns the whole body, or undefined where it is not known (yet)
 */
export function readUnsentBody(request: UnsentRequest): () => Uint8Array | undefined {
  const { body, contentLength } = request
  if (body instanceof Uint8Array) return body.length <= MAX_BYTES ? () => body : nothing
  if (typeof contentLength !== 'number' || contentLength === 0 || contentLength > MAX_BYTES) return nothing
  if (!isAsyncGenerator(body) || Object.hasOwn(body, 'next')) return nothing
  // Browsers and `fetch` send this header, and they alone.
  if (request.header('sec-fetch-mode') === undefined) return nothing
  return peek(body, contentLength)
}

const isAsyncGenerator = (value: unknown): value is AsyncGenerator<unknown> =>
  Object.prototype.toString.call(value) === '[object AsyncGenerator]'

function peek(generator: AsyncGenerator<unknown>, length: number): () => Uint8Array | undefined {
  const { next } = generator
  const first = next.call(generator)
  let replay: typeof first | undefined = first
  let chunk: Uint8Array | undefined
  const taken = () => {
    replay = undefined
    chunk = undefined
    return first
  }
  Object.defineProperty(generator, 'next', {
    value: (...values: [] | [unknown]) => (replay === undefined ? next.apply(generator, values) : taken()),
    configurable: true,
    writable: true,
  })
  first.then(({ value }) => {
    if (replay !== undefined && value instanceof Uint8Array && value.byteLength === length) chunk = value
  }, nothing)
  return () => chunk
}
