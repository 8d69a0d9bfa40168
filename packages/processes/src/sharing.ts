import { readdirSync, rmSync, statSync } from 'node:fs'
import { connect, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Address, ScrapeEndpoint } from '@agentgateway-otel/exporter'
import { Board } from './board.ts'
import { openDoor } from './door.ts'
import { ID, type Identity, identify, isAlive, isSameApp, type Origin, parseIdentity } from './identity.ts'
import { Keeper } from './keeper.ts'
import { Leader } from './leader.ts'
import { type Message, receive, send } from './messages.ts'
import type { Place } from './place.ts'

export interface SharingOptions {
  readonly endpoint: ScrapeEndpoint
  readonly address: Address
  readonly place: Place
  readonly origin: Origin
  /** The value of the label `gateway`. */
  readonly gateway: string
  /** Hears of the server behind the door before it accepts anything. */
  readonly onDoor: (server: Server) => void
  readonly onError: (error: unknown) => void
  readonly log: (severity: 'error' | 'warn' | 'info' | 'debug', text: string) => void
}

type Visit = { readonly end: 'nobody' | 'left' } | { readonly end: 'refused'; readonly why: string }

/** How often a process knocks before it says that whoever has the port is none of its own. */
const KNOCKS = 4
const KNOCK_MS = 30
/** How often the port is tried while another has it. */
const RETRY_MS = 1000
/** Processes that lose their leader do not all reach for the port at once. */
const JITTER_MS = 50
const HELLO_MS = 10_000
const WATCH_MS = 1000

/**
 * Makes the processes of one app one: who has the port leads and serves the sums of all, the others keep their numbers
 * where it finds them. When it ends, another has the port, and the same numbers.
 */
export class Sharing {
  readonly #options: SharingOptions
  readonly #self: Identity
  readonly #keeper: Keeper
  #leader: Leader | undefined
  /** The name of the folder of this app's numbers, once there is one. */
  #group: string | undefined
  #hasComplained = false

  constructor(options: SharingOptions) {
    this.#options = options
    this.#self = identify(options.origin)
    this.#keeper = new Keeper(options.endpoint.reader, this.#self, options.onError)
  }

  /** For who has the port: goes on with what is left of its app, before anybody scrapes. */
  takeOver(): void {
    const group = this.#group ?? this.#findGroup()
    if (group !== undefined) this.#lead(group)
  }

  /** For who has the port: another process is at the door. */
  receive(socket: Socket): void {
    let guest: string | undefined
    const timer = setTimeout(() => socket.destroy(), HELLO_MS).unref()
    socket.on('error', () => {})
    socket.once('close', () => clearTimeout(timer))
    const onMessage = (message: Message) => {
      if (guest !== undefined) return this.#leader?.hear(guest, message)
      clearTimeout(timer)
      guest = this.#welcome(socket, message)
    }
    receive(socket, onMessage, this.#options.onError)
  }

  /** For who has not got the port: belongs to who has, and takes it when it is free. */
  async join(): Promise<void> {
    for (let knocks = 1; ; knocks++) {
      const visit = await this.#visit()
      if (visit.end === 'left') knocks = 0
      if (visit.end === 'refused' || knocks >= KNOCKS) this.#complain(visit)
      await pause(visit.end === 'left' ? Math.random() * JITTER_MS : this.#hasComplained ? RETRY_MS : KNOCK_MS)
      if (await this.#takePort()) return
    }
  }

  #welcome(socket: Socket, { hello }: Message): string | undefined {
    const identity = parseIdentity(hello)
    if (identity === undefined) {
      socket.destroy()
      return undefined
    }
    const known = this.#leader === undefined ? [this.#self] : [...this.#leader.identities()]
    if (!known.some((one) => one.id === identity.id || isSameApp(identity, one))) {
      const { service, entry } = this.#self
      send(socket, { refused: service === undefined ? entry : `the service ${service}` })
      socket.end()
      return undefined
    }
    const leader = this.#lead(this.#group ?? this.#self.id)
    leader.admit(socket, identity)
    send(socket, { welcome: this.#group })
    return identity.id
  }

  #lead(group: string): Leader {
    if (this.#leader !== undefined) return this.#leader
    const { endpoint, place, gateway, onError, log } = this.#options
    this.#group = group
    const board = new Board(join(place.groups, group), onError)
    board.refreshSync()
    this.#keeper.keepOn(board)
    const warn = (text: string) => log('warn', text)
    const leader = new Leader({ self: this.#self, keeper: this.#keeper, board, gateway, onError, warn })
    endpoint.expose(() => leader.collect())
    this.#leader = leader
    return leader
  }

  /** What is there of processes of this app that live; what dead ones left is removed. */
  #findGroup(): string | undefined {
    const { place, onError } = this.#options
    let found: string | undefined
    for (const name of namesIn(place.groups)) {
      const board = new Board(join(place.groups, name), onError)
      board.refreshSync()
      const processes = [...board.snapshots()].flatMap(([, { process }]) => process ?? [])
      const alive = processes.filter((one) => one.id !== this.#self.id && isAlive(one))
      if (alive.length === 0) rmSync(board.directory, { recursive: true, force: true })
      else if (alive.some((one) => isSameApp(this.#self, one))) found ??= name
    }
    return found
  }

  /** Knocks, and stays as long as the leader does. */
  #visit(): Promise<Visit> {
    return new Promise((resolve) => {
      let visit: Visit = { end: 'nobody' }
      const socket = connect(this.#options.place.door)
      socket.unref()
      socket.on('error', () => {})
      socket.once('connect', () => send(socket, { hello: this.#self }))
      socket.once('close', () => resolve(visit))
      const onMessage = (message: Message) => {
        if (typeof message.refused === 'string') visit = { end: 'refused', why: printable(message.refused) }
        else if (typeof message.welcome === 'string' && ID.test(message.welcome)) {
          visit = { end: 'left' }
          this.#belong(message.welcome)
        } else if ('ask' in message) void this.#keeper.collect().then(() => send(socket, { done: true }))
      }
      receive(socket, onMessage, this.#options.onError)
    })
  }

  #belong(group: string): void {
    const { place, onError, address, log } = this.#options
    this.#group = group
    this.#hasComplained = false
    this.#keeper.keepOn(new Board(join(place.groups, group), onError))
    log('debug', `counted by the process that has port ${address.port}`)
  }

  async #takePort(): Promise<boolean> {
    const { endpoint, address, place, log } = this.#options
    try {
      const { url } = await endpoint.listen(address)
      this.#keepDoorOpen()
      this.takeOver()
      log('info', `metrics on ${url}, taken over by process ${process.pid}`)
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE') log('debug', `cannot take over ${place.door}: ${code}`)
      return false
    }
  }

  /** Opens the door, and again should somebody have cleaned it away. */
  #keepDoorOpen(): void {
    const { place, onDoor, onError } = this.#options
    const open = () => {
      const server = openDoor(place, (socket) => this.receive(socket), onError)
      onDoor(server)
      return server
    }
    let server = open()
    setInterval(() => {
      if (process.platform === 'win32' || statSync(place.door, { throwIfNoEntry: false }) !== undefined) return
      server.close()
      server = open()
    }, WATCH_MS).unref()
  }

  #complain(visit: Visit): void {
    if (this.#hasComplained) return
    this.#hasComplained = true
    const { address, log } = this.#options
    const who = visit.end === 'refused' ? `in use by another app (${visit.why})` : 'in use'
    log(
      'error',
      `port ${address.port} is ${who}, so this process serves no metrics until it is free; set OTEL_EXPORTER_PROMETHEUS_PORT to another one`,
    )
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => ID.test(name))
  } catch {
    return []
  }
}

/** What another process says, as it may stand in a line for the terminal. */
const printable = (text: string) => text.slice(0, 200).replace(/[^ -~]/g, '?')

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
