import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TurnQueue } from '../body/turn-queue.ts'
import { BOUNDS } from '../bounds.ts'
import { drop } from './drop.ts'
import { isOnlyWriting } from './end-of-app.ts'

/** How often it is looked for connections to close. */
const TICK_MS = 1000

/** How often it is looked whether the app has ended while responses are written. */
const END_CHECK_MS = 100

/** What a connection is doing. */
interface State {
  /** A connection is idle without a request in flight, and is closing after its last response. */
  readonly kind: 'closing' | 'idle' | 'busy'
  /** The address that the client has. */
  readonly address: string | undefined
  /** What is in flight on a busy connection. */
  readonly response: ServerResponse | undefined
  /** How much of what was written the client has taken. */
  takenBytes: number
  /** Since when nothing has happened, in milliseconds. */
  sinceMs: number
}

/** How long nothing may happen. Node.js itself closes idle connections. */
const PATIENCE_MS: Readonly<Record<State['kind'], number>> = {
  closing: BOUNDS.lingerMs,
  idle: Number.POSITIVE_INFINITY,
  busy: BOUNDS.stalledMs,
}

/** The kinds of connections that give way to others, the first before the second. */
const GIVING_WAY = ['closing', 'idle', 'busy'] as const

/**
 * The open connections of the endpoint. A new one is always accepted, so that nobody keeps scrapers away by opening many:
 * when there are too many, those are closed on which nothing has happened for longest.
 */
export class Connections {
  /** The one that has been in its state for longest comes first. */
  readonly #states = new Map<Socket, State>()
  readonly #turns: TurnQueue
  readonly #onError: (error: unknown) => void
  #clock: NodeJS.Timeout | undefined
  /** Set while responses may be written. */
  #endClock: NodeJS.Timeout | undefined

  constructor(turns: TurnQueue, onError: (error: unknown) => void) {
    this.#turns = turns
    this.#onError = onError
  }

  add(socket: Socket): void {
    this.#set(socket, 'idle', undefined, socket.remoteAddress)
    socket.on('close', () => this.#remove(socket))
    // Node.js calls this after the last response of a connection.
    socket.destroySoon = () => this.#closeSoon(socket)
    this.#clock ??= setInterval(() => this.#check(), TICK_MS).unref()
    if (this.#states.size > BOUNDS.maxConnections) this.#giveWay(socket)
  }

  /** Whether the connection may have a request now. */
  isIdle(socket: Socket): boolean {
    return this.#states.get(socket)?.kind === 'idle'
  }

  /**
   * Notes that a request has arrived. The connection is busy until its response is complete.
   *
   * @returns false where the connection may have no request now
   */
  begin(socket: Socket, response: ServerResponse): boolean {
    if (!this.isIdle(socket)) return false
    this.#set(socket, 'busy', response)
    this.#endClock ??= setInterval(() => this.#checkEnd(), END_CHECK_MS).unref()
    response.once('close', () => {
      if (this.#states.get(socket)?.response === response) this.#set(socket, 'idle')
    })
    return true
  }

  /** Closes a connection when the response that is in flight is complete, and says so in the response if it still can. */
  closeAfterResponse(socket: Socket): void {
    const response = this.#states.get(socket)?.response
    if (response === undefined) return
    response.shouldKeepAlive = false
    response.once('finish', () => this.#closeSoon(socket))
  }

  /**
   * Closes a connection when all is written, and reads until the client closes it too, for a bounded time. If it were
   * closed while there is something to read, the system would reset it, and the client could lose the response.
   */
  #closeSoon(socket: Socket): void {
    if (socket.destroyed || this.#states.get(socket)?.kind === 'closing') return
    this.#set(socket, 'closing')
    socket.end()
    socket.resume()
  }

  #set(
    socket: Socket,
    kind: State['kind'],
    response?: ServerResponse,
    address = this.#states.get(socket)?.address,
  ): void {
    this.#states.delete(socket)
    this.#states.set(socket, { kind, response, address, takenBytes: takenBytesOf(socket), sinceMs: performance.now() })
  }

  #remove(socket: Socket): void {
    this.#states.delete(socket)
    if (this.#states.size > 0) return
    clearInterval(this.#clock)
    this.#clock = undefined
  }

  /** Drops the clients that keep the process alive although the app has ended. */
  #checkEnd(): void {
    try {
      const sockets = [...this.#states.keys()].filter(({ writableLength }) => writableLength > 0)
      if (sockets.length > 0 && isOnlyWriting(sockets.length)) sockets.forEach(drop)
      if ([...this.#states.values()].some(({ kind }) => kind !== 'idle')) return
    } catch (error) {
      this.#onError(error)
    }
    clearInterval(this.#endClock)
    this.#endClock = undefined
  }

  /**
   * Drops a connection, so that there is room for a new one: one from the address that has most, so that a client that
   * opens many drives out its own.
   */
  #giveWay(to: Socket): void {
    const counts = new Map<string | undefined, number>()
    for (const { address } of this.#states.values()) counts.set(address, (counts.get(address) ?? 0) + 1)
    const most = Math.max(...counts.values())
    for (const kind of GIVING_WAY) {
      for (const [socket, state] of this.#states) {
        if (state.kind !== kind || counts.get(state.address) !== most || socket === to) continue
        drop(socket)
        return
      }
    }
  }

  #check(): void {
    try {
      const now = performance.now()
      for (const [socket, state] of this.#states) noteProgress(socket, state, now)
      const oldestFirst = [...this.#states].sort(([, a], [, b]) => a.sinceMs - b.sinceMs)
      const lane = this.#turns.createLane()
      let spare = this.#states.size - BOUNDS.connections
      for (const [socket, { kind, sinceMs }] of oldestFirst) {
        if (now - sinceMs < (spare > 0 ? BOUNDS.spareMs : PATIENCE_MS[kind])) continue
        // It takes some tenths of a millisecond where the system holds much that was not sent.
        lane.run(() => drop(socket)).catch(this.#onError)
        spare--
      }
    } catch (error) {
      this.#onError(error)
    }
  }
}

/** Notes whether the client has taken more since the last look, or there is nothing to take. */
function noteProgress(socket: Socket, state: State, now: number): void {
  if (state.kind !== 'busy') return
  const takenBytes = takenBytesOf(socket)
  if (socket.writableLength > 0 && takenBytes === state.takenBytes) return
  state.takenBytes = takenBytes
  state.sinceMs = now
}

/** How much of what was written the system has taken. A chunk counts when all of it is. */
const takenBytesOf = (socket: Socket) => socket.bytesWritten - socket.writableLength
