import type { Socket } from 'node:net'
import { hasPeerLeft } from '../connection-end.ts'
import { onDestroyed } from '../destruction.ts'
import type { ResponseHead, WebSocketListener } from '../exchange.ts'
import { fault, guarded } from '../guard.ts'
import { bufferedChunks, type ReadableInternals } from '../node-internals.ts'
import { shadow } from '../shadow.ts'
import { tapWrites, untapWrites } from '../socket-writes.ts'
import { readExtensions } from './extensions.ts'
import { FrameParser } from './frame-parser.ts'
import { createMessageInflater } from './message-inflater.ts'

/** How long a message may be, compressed and inflated. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024

/**
 * Watches the messages of a WebSocket that this process has opened, from the moment when its handshake has succeeded, and
 * before the client has read anything of what follows the response's head.
 *
 * @param head the response to the handshake
 */
export function watchClientSocket(socket: Socket, head: ResponseHead, listeners: readonly WebSocketListener[]): void {
  const watched = new ClientWebSocket(socket, listeners)
  try {
    watched.watch(head)
  } catch {
    // The frames of an extension that is not known cannot be read.
    watched.streamDestroyed()
  }
}

class ClientWebSocket {
  readonly #socket: Socket
  readonly #listeners: readonly WebSocketListener[]
  readonly #inflaters: { close(): void }[] = []
  #untap: (() => void) | undefined
  /** Set by the first Close frame: who sent it, and with which code. */
  #closed: { readonly by: 'app' | 'peer'; readonly code: number } | undefined
  #hasEnded = false

  constructor(socket: Socket, listeners: readonly WebSocketListener[]) {
    this.#socket = socket
    this.#listeners = listeners
  }

  watch(head: ResponseHead): void {
    const compression = readExtensions(head.header('sec-websocket-extensions'))
    const received = this.#createParser('peer', 'received', compression?.serverKeepsContext)
    const sent = this.#createParser('app', 'sent', compression?.clientKeepsContext)
    tapWrites(this.#socket, {
      socketWrote: (chunk, encoding) =>
        sent.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk),
    })
    this.#untap = tapIncoming(this.#socket, (chunk) => received.push(chunk))
    onDestroyed(this.#socket, this)
  }

  /** @param keepsContext undefined if messages are not compressed */
  #createParser(by: 'app' | 'peer', callback: 'sent' | 'received', keepsContext: boolean | undefined): FrameParser {
    const inflater = keepsContext === undefined ? undefined : createMessageInflater(keepsContext, MAX_MESSAGE_BYTES)
    if (inflater !== undefined) this.#inflaters.push(inflater)
    return new FrameParser(
      {
        message: (bytes) => {
          for (const listener of this.#listeners) {
            try {
              listener[callback]?.(bytes)
            } catch (error) {
              fault(error)
            }
          }
        },
        close: (code) => {
          this.#closed ??= { by, code }
        },
      },
      { maxMessageBytes: MAX_MESSAGE_BYTES, ...(inflater && { inflate: inflater.inflate }) },
    )
  }

  streamDestroyed(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#untap?.()
    untapWrites(this.#socket)
    for (const inflater of this.#inflaters) inflater.close()
    const { by, code } = this.#closed ?? { by: hasPeerLeft(this.#socket) ? 'peer' : 'app', code: undefined }
    for (const listener of this.#listeners) {
      try {
        listener.end(by, code)
      } catch (error) {
        fault(error)
      }
    }
  }
}

/**
 * Observes what arrives on a socket that has just left HTTP: first what is in its buffer, or what the client puts there at
 * once with `unshift`, because it arrived together with the response's head; then what Node pushes. The two methods are
 * shadowed on this socket alone.
 *
 * @returns a function that removes the taps
 */
function tapIncoming(socket: Socket & ReadableInternals, onChunk: (chunk: Uint8Array) => void): () => void {
  const { push, unshift } = socket
  const notify = guarded((chunk: unknown) => {
    if (chunk instanceof Uint8Array) onChunk(chunk)
  })
  for (const chunk of bufferedChunks(socket)) notify(chunk)
  /** What is put back later has been observed before. */
  let mayUnshift = socket.readableLength === 0
  const restoreUnshift = shadow(socket, 'unshift', function (this: Socket, chunk: unknown, encoding?: BufferEncoding) {
    if (mayUnshift) notify(chunk)
    mayUnshift = false
    return unshift.call(this, chunk, encoding)
  })
  const restorePush = shadow(socket, 'push', function (this: Socket, chunk: unknown, encoding?: BufferEncoding) {
    mayUnshift = false
    notify(chunk)
    return push.call(this, chunk, encoding)
  })
  return () => {
    restoreUnshift()
    restorePush()
  }
}
