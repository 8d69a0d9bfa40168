import { unpatchedNet } from '@agentgateway-otel/exporter'
import { ID } from './identity.ts'
import type { Leader } from './leader.ts'
import type { Member } from './member.ts'
import { createMessageReader, encodeMessage, type Message, send } from './messages.ts'
import { listenForPeers } from './peer-socket.ts'
import { mkdirSync, utimesSync } from './unpatched-fs.ts'

/** How a connection to the process that has the port ended. */
type Ending =
  /** There was no connection, or no leader of this app at the other end. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'refused'; readonly owner: string }
  /** The leader welcomed this process, and has ended since. */
  | { readonly kind: 'lost' }

/** How many attempts to connect may fail before a process reports that the port is in use. */
const MAX_ATTEMPTS = 4
const ATTEMPT_MS = 30
/** How often a process that has reported so tries to bind the port. */
const RETRY_MS = 1000
/** Spreads the attempts to bind the port, so that processes that lose their leader do not all make them at once. */
const JITTER_MS = 50

/** What a process does that does not have the port: it follows the one that does, until it can lead itself. */
export class Follower {
  readonly #member: Member
  readonly #leader: Leader
  #hasReported = false

  /** @param leader what this process does once it has the port. */
  constructor(member: Member, leader: Leader) {
    this.#member = member
    this.#leader = leader
  }

  /**
   * Joins the process that has the port, and takes the port over when it is free. It begins to connect before this
   * returns, so that nothing the app does later is in the way. The promise resolves when this process has the port.
   */
  async join(): Promise<void> {
    this.#markGroups()
    for (let attempts = 1; ; attempts++) {
      const ending = await this.#connect()
      if (ending.kind === 'lost') attempts = 0
      if (ending.kind === 'refused' || attempts >= MAX_ATTEMPTS) this.#reportPortInUse(ending)
      await pause(ending.kind === 'lost' ? Math.random() * JITTER_MS : this.#hasReported ? RETRY_MS : ATTEMPT_MS)
      if (await this.#takePort()) return
    }
  }

  /**
   * Leaves a sign for the process that has the port and is alone so far: at its end it sees that it is not any more.
   */
  #markGroups(): void {
    const { rendezvous, onError } = this.#member.options
    try {
      mkdirSync(rendezvous.groups, { recursive: true, mode: 0o700 })
      const nowSeconds = Date.now() / 1000
      utimesSync(rendezvous.groups, nowSeconds, nowSeconds)
    } catch (error) {
      onError(error)
    }
  }

  /** Connects to the process that has the port, and follows it until the connection ends. */
  #connect(): Promise<Ending> {
    const { rendezvous, onError } = this.#member.options
    const { identity, writer } = this.#member
    return new Promise((resolve) => {
      let ending: Ending = { kind: 'failed' }
      const onMessage = (message: Message) => {
        if (typeof message.refused === 'string') ending = { kind: 'refused', owner: printable(message.refused) }
        else if (typeof message.welcome === 'string' && ID.test(message.welcome)) {
          ending = { kind: 'lost' }
          this.#member.adoptGateway(message.gateway)
          this.#follow(message.welcome)
        } else if ('collect' in message) void writer.collect().then(() => send(socket, { collected: true }))
      }
      const read = createMessageReader(onMessage, onError)
      const hello = encodeMessage({ hello: identity })
      const socket = unpatchedNet.connectTo(rendezvous.peerSocket, hello, (chunk) => read(socket, chunk))
      socket.on('error', () => {})
      socket.once('close', () => resolve(ending))
    })
  }

  #follow(group: string): void {
    const { address, log } = this.#member.options
    this.#hasReported = false
    this.#member.enter(group)
    log('debug', `counted by the process that has port ${address.port}`)
  }

  /** Binds the port and leads from then on, if the port is free. */
  async #takePort(): Promise<boolean> {
    const { endpoint, address, rendezvous, onPeerServer, onError, log } = this.#member.options
    try {
      const { url } = await endpoint.listen(address)
      onPeerServer(listenForPeers(rendezvous, (socket) => this.#leader.accept(socket), onError))
      endpoint.onScrape(() => this.#leader.takeOver())
      this.#leader.takeOver()
      log('info', `metrics on ${url}, taken over by process ${process.pid}`)
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE') log('debug', `cannot take over port ${address.port}: ${code}`)
      return false
    }
  }

  /** Reports once, until this process has followed a leader again. */
  #reportPortInUse(ending: Ending): void {
    if (this.#hasReported) return
    this.#hasReported = true
    const { address, log } = this.#member.options
    const use = ending.kind === 'refused' ? `in use by another app (${ending.owner})` : 'in use'
    log(
      'error',
      `port ${address.port} is ${use}, so this process serves no metrics until it is free; set OTEL_EXPORTER_PROMETHEUS_PORT to another one`,
    )
  }
}

/** Returns the text that another process sent in a form that is safe in a terminal. */
const printable = (text: string) => text.slice(0, 200).replace(/[^ -~]/g, '?')

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
