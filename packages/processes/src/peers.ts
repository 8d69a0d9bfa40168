import type { Socket } from 'node:net'
import type { Identity } from './identity.ts'
import { type Message, send } from './messages.ts'

/** How long a scrape waits for the peers to write their snapshots. */
const DEADLINE_MS = 1000

interface Peer {
  readonly identity: Identity
  readonly socket: Socket
  /** Called when the peer has written its snapshot; undefined where no request to do so is pending. */
  onCollected: (() => void) | undefined
  /** Whether a log line has said that it is slow. */
  isReported: boolean
}

/** The processes that are connected to the leader. */
export class Peers {
  readonly #peers = new Map<string, Peer>()
  readonly #warn: (text: string) => void

  constructor(warn: (text: string) => void) {
    this.#warn = warn
  }

  has(id: string): boolean {
    return this.#peers.has(id)
  }

  *identities(): Iterable<Identity> {
    for (const { identity } of this.#peers.values()) yield identity
  }

  /** Adds a peer until its connection closes. A process that connects again replaces its earlier connection. */
  add(socket: Socket, identity: Identity, onClose: () => void): void {
    const peer: Peer = { identity, socket, onCollected: undefined, isReported: false }
    this.#peers.get(identity.id)?.socket.destroy()
    this.#peers.set(identity.id, peer)
    socket.once('close', () => {
      peer.onCollected?.()
      if (this.#peers.get(identity.id) === peer) this.#peers.delete(identity.id)
      onClose()
    })
  }

  receive(id: string, message: Message): void {
    if (!('collected' in message)) return
    const peer = this.#peers.get(id)
    peer?.onCollected?.()
    if (peer !== undefined) peer.onCollected = undefined
  }

  /**
   * Has every peer write its snapshot, and waits until they have, at most until the deadline. A peer that has not
   * responded to an earlier request gets no other.
   */
  async collect(): Promise<void> {
    const ready = [...this.#peers.values()].filter(({ onCollected }) => onCollected === undefined)
    if (ready.length === 0) return
    const responses = ready.map((peer) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      peer.onCollected = resolve
      send(peer.socket, { collect: true })
      return promise
    })
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DEADLINE_MS).unref()
    })
    await Promise.race([Promise.all(responses), deadline])
    clearTimeout(timer)
    for (const peer of ready) this.#reportIfSlow(peer)
  }

  #reportIfSlow(peer: Peer): void {
    if (peer.onCollected === undefined || peer.isReported || peer.socket.destroyed) return
    peer.isReported = true
    this.#warn(
      `process ${peer.identity.pid} does not respond within ${DEADLINE_MS} ms; scrapes show its last snapshot until it does`,
    )
  }
}
