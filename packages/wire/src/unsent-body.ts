/** The part of the request that undici publishes that describes its body. */
interface UnsentRequest {
  readonly body?: unknown
  /** The body's length in bytes, from the `content-length` header. */
  readonly contentLength?: number | null
  header(name: string): string | undefined
}

/** Longer bodies are not read before they are sent, in bytes. */
const MAX_BYTES = 1024 * 1024

const nothing = () => undefined

/**
 * Reads the body of a request before undici sends it, for the case that undici never does: a request that gets no
 * connection is published without its body.
 *
 * `undici.request` holds bytes. `fetch` holds an async generator of undici's own, which the app never gets. This function
 * runs the generator's first step early, and has the generator return the same result again when the body is sent, be it
 * at this attempt or at a later one. It does so only if `fetch` knew the body's length beforehand: such a body is in
 * memory, and the app cannot notice that it is read. Streams and generators of the app's are not touched.
 *
 * @returns a function that returns the whole body, or undefined if the body is not known, or not known yet
 */
export function readUnsentBody(request: UnsentRequest): () => Uint8Array | undefined {
  const { body, contentLength } = request
  if (body instanceof Uint8Array) return body.length <= MAX_BYTES ? () => body : nothing
  if (typeof contentLength !== 'number' || contentLength === 0 || contentLength > MAX_BYTES) return nothing
  if (!isAsyncGenerator(body) || Object.hasOwn(body, 'next')) return nothing
  // Only `fetch`, and browsers, send this header.
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
  const replayFirst = () => {
    replay = undefined
    chunk = undefined
    return first
  }
  Object.defineProperty(generator, 'next', {
    value: (...values: [] | [unknown]) => (replay === undefined ? next.apply(generator, values) : replayFirst()),
    configurable: true,
    writable: true,
  })
  first.then(({ value }) => {
    if (replay !== undefined && value instanceof Uint8Array && value.byteLength === length) chunk = value
  }, nothing)
  return () => chunk
}
