import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { BOUNDS } from '../bounds.ts'

/** How often it is looked for clients that take too long. */
const TICK_MS = 1000

/** A response that is being made or sent: how much of it the client has taken, and since when that has not changed. */
interface InFlight {
  readonly response: ServerResponse
  takenBytes: number
  sinceMs: number
}

/**
 * The open connections of the endpoint. A new connection is always accepted, so that nobody keeps a scraper away by
 * opening many: beyond the bound the one that has been idle for longest is closed, or where none is idle the one whose
 * response was begun first.
 */
export class Connections {
  /** Those without a request in flight, the one that has been idle for longest first. */
  readonly #idle = new Set<Socket>()
  /** Those with a request in flight, the one whose request arrived first first. */
  readonly #busy = new Map<Socket, InFlight>()
  /** Those that are being closed, and since when. */
  readonly #closing = new Map<Socket, number>()
  readonly #onError: (error: unknown) => void
  #clock: NodeJS.Timeout | undefined

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  add(socket: Socket): void {
    this.#idle.add(socket)
    socket.on('close', () => this.#remove(socket))
    // Node.js calls this after the last response of a connection.
    socket.destroySoon = () => this.#closeSoon(socket)
    this.#clock ??= setInterval(() => this.#check(), TICK_MS).unref()
    if (this.#size > BOUNDS.connections) this.#oldest(socket)?.destroy()
  }

  /** Whether the connection may have a request now. */
  isIdle(socket: Socket): boolean {
    return this.#idle.has(socket)
  }

  /**
   * Notes that a request has arrived. The connection is busy until its response is complete.
   *
   * @returns false where the connection may have no request now
   */
  begin(socket: Socket, response: ServerResponse): boolean {
    if (!this.#idle.delete(socket)) return false
    this.#busy.set(socket, { response, takenBytes: 0, sinceMs: performance.now() })
    response.once('close', () => {
      if (this.#busy.delete(socket) && !socket.destroyed) this.#idle.add(socket)
    })
    return true
  }

  /** Closes a connection when the response that is in flight is complete, and says so in the response if it still can. */
  closeAfterResponse(socket: Socket): void {
    const response = this.#busy.get(socket)?.response
    if (response === undefined) return
    response.shouldKeepAlive = false
    response.once('finish', () => this.#closeSoon(socket))
  }

  get #size(): number {
    return this.#idle.size + this.#busy.size + this.#closing.size
  }

  #oldest(except: Socket): Socket | undefined {
    for (const sockets of [this.#closing.keys(), this.#idle, this.#busy.keys()]) {
      for (const socket of sockets) if (socket !== except) return socket
    }
    return undefined
  }

  /**
   * Closes a connection when all is written, and reads until the client closes it too, for a bounded time. If it were
   * closed while there is something to read, the system would reset it, and the client could lose the response.
   */
  #closeSoon(socket: Socket): void {
    if (socket.destroyed || this.#closing.has(socket)) return
    this.#idle.delete(socket)
    this.#busy.delete(socket)
    this.#closing.set(socket, performance.now())
    socket.end()
    socket.resume()
  }

  #remove(socket: Socket): void {
    this.#idle.delete(socket)
    this.#busy.delete(socket)
    this.#closing.delete(socket)
    if (this.#size > 0) return
    clearInterval(this.#clock)
    this.#clock = undefined
  }

  #check(): void {
    try {
      const now = performance.now()
      for (const [socket, sinceMs] of this.#closing) if (now - sinceMs >= BOUNDS.lingerMs) socket.destroy()
      for (const [socket, inFlight] of this.#busy) {
        // A chunk counts when the system has taken all of it.
        const takenBytes = socket.bytesWritten - socket.writableLength
        if (socket.writableLength === 0 || takenBytes !== inFlight.takenBytes) {
          inFlight.takenBytes = takenBytes
          inFlight.sinceMs = now
        } else if (now - inFlight.sinceMs >= BOUNDS.stalledMs) socket.destroy()
      }
    } catch (error) {
      this.#onError(error)
    }
  }
}
