import type { Server, Socket } from 'node:net'
import { join } from 'node:path'
import { type Address, type ScrapeEndpoint, unpatchedNet } from '@agentgateway-otel/exporter'
import { ID, type Identity, identify, isAlive, isSameApp, type Origin, parseIdentity } from './identity.ts'
import { Leader } from './leader.ts'
import { createMessageReader, lineOf, type Message, send } from './messages.ts'
import { openDoor } from './peer-socket.ts'
import type { Place } from './rendezvous.ts'
import { Board } from './snapshot-directory.ts'
import { Keeper } from './snapshot-writer.ts'
import { hasUnclaimed, Unclaimed } from './unclaimed.ts'
import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync, utimesSync } from './unpatched-fs.ts'

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
  #unclaimed: Unclaimed | undefined
  /** Whether this process goes on with what others began. */
  #isContinued = false
  /** When this process was started, in milliseconds since 1970. */
  readonly #startedMs = Date.now() - process.uptime() * 1000

  constructor(options: SharingOptions) {
    this.#options = options
    this.#self = identify(options.origin)
    this.#keeper = new Keeper(options.endpoint.reader, this.#self, options.onError)
  }

  /**
   * For who has the port: goes on with what is left of its app, before anybody scrapes. It may be called at any time, and
   * looks for what processes left that ended before they met this one.
   */
  takeOver(): void {
    const { place, onError } = this.#options
    try {
      if (this.#leader === undefined) {
        const group = this.#group ?? this.#findGroup()
        if (group !== undefined) {
          this.#isContinued = true
          this.#lead(group)
        }
      }
      this.#claim()
      if (this.#leader === undefined) removeIfUnused(place, this.#startedMs)
    } catch (error) {
      onError(error)
    }
  }

  /**
   * Keeps what this process has counted, at its end: for the leader that it belongs to, or else where the app's present or
   * next leader finds it. Nothing waits in here.
   */
  end(): void {
    this.#keeper.end((id, parts) => {
      try {
        this.#openUnclaimed().leave(id, parts)
      } catch (error) {
        this.#options.log(
          'warn',
          `what process ${process.pid} counted is lost, because it ended before it met the process that has port ${this.#options.address.port}: ${(error as Error).message}`,
        )
      }
    })
  }

  /** For who has the port: another process is at the door. */
  receive(socket: Socket): void {
    let guest: string | undefined
    const timer = setTimeout(() => socket.destroy(), HELLO_MS).unref()
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(timer)
      // Whoever it was may have ended before it was welcome.
      this.takeOver()
    })
    const onMessage = (message: Message) => {
      if (guest !== undefined) return this.#leader?.hear(guest, message)
      clearTimeout(timer)
      guest = this.#welcome(socket, message)
    }
    const read = createMessageReader(onMessage, this.#options.onError)
    socket.on('data', (chunk: Buffer) => read(socket, chunk))
  }

  /**
   * For a process that has not got the port: belongs to the one that has, and takes the port when it is free. It begins to
   * connect before this returns: nothing that the app does later is in the way.
   */
  async join(): Promise<void> {
    this.#leaveMark()
    for (let knocks = 1; ; knocks++) {
      const visit = await this.#visit()
      if (visit.end === 'left') knocks = 0
      if (visit.end === 'refused' || knocks >= KNOCKS) this.#complain(visit)
      await pause(visit.end === 'left' ? Math.random() * JITTER_MS : this.#hasComplained ? RETRY_MS : KNOCK_MS)
      if (await this.#takePort()) return
    }
  }

  /** Whoever has the port, and is alone so far, knows by this at its end that it is not any more. */
  #leaveMark(): void {
    const { groups } = this.#options.place
    try {
      mkdirSync(groups, { recursive: true, mode: 0o700 })
      const nowSeconds = Date.now() / 1000
      utimesSync(groups, nowSeconds, nowSeconds)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #openUnclaimed(): Unclaimed {
    this.#unclaimed ??= new Unclaimed(this.#options.place.unclaimed, this.#options.onError)
    return this.#unclaimed
  }

  /** Takes what processes of this app left that ended before they met a leader into the sums. */
  #claim(): void {
    if (!hasUnclaimed(this.#options.place.unclaimed)) return
    const unclaimed = this.#openUnclaimed()
    // Each that is found may be how others are known to be of this app.
    for (let claimed = -1; claimed !== 0; ) {
      const known = this.#leader === undefined ? [this.#self] : [...this.#leader.identities()]
      const own = [...unclaimed.read()].filter(
        ([id, { process }]) => id !== this.#self.id && known.some((one) => isSameApp(one, process)),
      )
      claimed = own.length
      // What was written before this process began is of an earlier life of the app, unless another process lived in both.
      const isOfThisLife = this.#isContinued || own.some(([, { writtenMs }]) => writtenMs >= this.#startedMs)
      for (const [id] of own) {
        if (!isOfThisLife) unclaimed.remove(id)
        else this.#lead(this.#group ?? this.#self.id).claim(unclaimed, id)
      }
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
    const claim = () => this.takeOver()
    const { declared } = endpoint
    const leader = new Leader({
      self: this.#self,
      keeper: this.#keeper,
      board,
      declared,
      gateway,
      onError,
      warn,
      claim,
    })
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
      const alive = [...board.snapshots()].flatMap(([id, { process }]) =>
        process && id !== this.#self.id && this.#isOfThisLife(process, board.writtenMs(id)) ? process : [],
      )
      if (alive.length === 0) rmSync(board.directory, { recursive: true, force: true })
      else if (alive.some((one) => isSameApp(this.#self, one))) found ??= name
    }
    return found
  }

  /** Whether the process lives, or lived when this one did already: without a leader, it has ended unseen. */
  #isOfThisLife(process: Identity, writtenMs = 0): boolean {
    return writtenMs >= this.#startedMs || isAlive(process)
  }

  /** Knocks, and stays as long as the leader does. */
  #visit(): Promise<Visit> {
    return new Promise((resolve) => {
      let visit: Visit = { end: 'nobody' }
      const onMessage = (message: Message) => {
        if (typeof message.refused === 'string') visit = { end: 'refused', why: printable(message.refused) }
        else if (typeof message.welcome === 'string' && ID.test(message.welcome)) {
          visit = { end: 'left' }
          this.#belong(message.welcome)
        } else if ('ask' in message) void this.#keeper.collect().then(() => send(socket, { done: true }))
      }
      const read = createMessageReader(onMessage, this.#options.onError)
      const hello = lineOf({ hello: this.#self })
      const socket = unpatchedNet.connectTo(this.#options.place.door, hello, (chunk) => read(socket, chunk))
      socket.on('error', () => {})
      socket.once('close', () => resolve(visit))
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
    const { endpoint, address, place, onDoor, onError, log } = this.#options
    try {
      const { url } = await endpoint.listen(address)
      onDoor(openDoor(place, (socket) => this.receive(socket), onError))
      endpoint.onScrape(() => this.takeOver())
      this.takeOver()
      log('info', `metrics on ${url}, taken over by process ${process.pid}`)
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE') log('debug', `cannot take over ${place.door}: ${code}`)
      return false
    }
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

/** What is left of processes that ended before this one began, and is empty, makes every start and end look for more. */
function removeIfUnused({ groups, unclaimed }: Place, startedMs: number): void {
  const found = statSync(groups, { throwIfNoEntry: false })
  if (found === undefined || found.mtimeMs >= startedMs) return
  for (const directory of [unclaimed, groups]) {
    try {
      rmdirSync(directory)
    } catch {
      // It is not there, or not empty.
    }
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
