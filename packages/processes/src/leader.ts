import type { Socket } from 'node:net'
import { type Identity, isAlive } from './identity.ts'
import { type Message, send } from './messages.ts'
import { encodeAbout, encodeRow, encodeSnapshot, type Snapshot } from './snapshot.ts'
import type { Board } from './snapshot-directory.ts'
import type { Keeper } from './snapshot-writer.ts'
import { Sums } from './sums.ts'
import { writeText } from './text.ts'
import type { Unclaimed } from './unclaimed.ts'

/** How long a scrape waits for the processes to put their numbers on the board. */
const DEADLINE_MS = 1000
const TICK_MS = 1000

/** The file with what the processes counted that have ended. */
const ENDED = 'ended'

interface Guest {
  readonly identity: Identity
  readonly socket: Socket
  /** Called when it has done what it was asked for; undefined when it was asked nothing. */
  onDone: (() => void) | undefined
  /** Whether it was told already that it is slow. */
  isNamed: boolean
}

export interface LeaderOptions {
  readonly self: Identity
  readonly keeper: Keeper
  readonly board: Board
  /** The names of the metrics that are declared also while they have no series. */
  readonly declared: ReadonlySet<string>
  /** The value of the label `gateway`. */
  readonly gateway: string
  readonly onError: (error: unknown) => void
  readonly warn: (text: string) => void
  /** Moves the snapshots of this app's processes that ended before they met a leader to the board. */
  readonly claim: () => void
}

/** What the process does that has the port of an app with more than one process. */
export class Leader {
  readonly #options: LeaderOptions
  readonly #guests = new Map<string, Guest>()
  readonly #sums = new Sums()
  /** Threads whose connection ended: that their process lives on says nothing. */
  readonly #ended = new Set<string>()
  #hasNews = true
  #isTidying = false

  constructor(options: LeaderOptions) {
    this.#options = options
    setInterval(() => void this.#tidy(), TICK_MS).unref()
  }

  /** Processes that are known, alive or not. */
  *identities(): Iterable<Identity> {
    yield this.#options.self
    for (const { identity } of this.#guests.values()) yield identity
    for (const [, { process }] of this.#options.board.snapshots()) if (process !== undefined) yield process
  }

  admit(socket: Socket, identity: Identity): void {
    const guest: Guest = { identity, socket, onDone: undefined, isNamed: false }
    this.#guests.get(identity.id)?.socket.destroy()
    this.#guests.set(identity.id, guest)
    socket.once('close', () => {
      guest.onDone?.()
      if (this.#guests.get(identity.id) === guest) this.#guests.delete(identity.id)
      if (isOfThread(identity) && this.#options.board.has(identity.id)) this.#ended.add(identity.id)
      this.#hasNews = true
    })
  }

  /** Takes a snapshot over. Whoever wrote it has ended, also where its process, of which it was a thread, has not. */
  claim(unclaimed: Unclaimed, id: string): void {
    const { board } = this.#options
    unclaimed.moveTo(board, id)
    board.load(id)
    this.#ended.add(id)
    this.#hasNews = true
  }

  hear(id: string, message: Message): void {
    if (!('done' in message)) return
    const guest = this.#guests.get(id)
    guest?.onDone?.()
    if (guest !== undefined) guest.onDone = undefined
  }

  /** The sums of all processes, those that ended included, in Prometheus' text format. */
  async collect(): Promise<Buffer> {
    const { self, keeper, board, gateway, declared } = this.#options
    this.#options.claim()
    await Promise.all([this.#askAll(), keeper.collect()])
    await board.refresh(self.id, (snapshot) => this.#sums.prepare(snapshot))
    this.#sums.begin()
    this.#sums.add(keeper.snapshot, true)
    for (const [name, snapshot] of this.#others()) this.#sums.add(snapshot, this.#guests.has(name))
    const pieces: Buffer[] = []
    for (const piece of writeText(this.#sums, ['gateway', gateway], declared)) {
      pieces.push(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return Buffer.concat(pieces)
  }

  /** Has every process put its numbers on the board. Who has not answered the last time is not waited for again. */
  async #askAll(): Promise<void> {
    const asked = [...this.#guests.values()].filter(({ onDone }) => onDone === undefined)
    if (asked.length === 0) return
    const answers = asked.map((guest) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      guest.onDone = resolve
      send(guest.socket, { ask: true })
      return promise
    })
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DEADLINE_MS).unref()
    })
    await Promise.race([Promise.all(answers), deadline])
    clearTimeout(timer)
    for (const guest of asked) this.#nameIfSlow(guest)
  }

  #nameIfSlow(guest: Guest): void {
    if (guest.onDone === undefined || guest.isNamed || guest.socket.destroyed) return
    guest.isNamed = true
    this.#options.warn(
      `process ${guest.identity.pid} does not answer within ${DEADLINE_MS} ms; scrapes have what it told last`,
    )
  }

  /** The snapshots of all but this process; none that is in that of the ended already. */
  *#others(): Iterable<[name: string, snapshot: Snapshot]> {
    const snapshots = new Map(this.#options.board.snapshots())
    const absorbed = new Set(snapshots.get(ENDED)?.absorbed)
    for (const [name, snapshot] of snapshots) {
      if (name !== this.#options.self.id && !absorbed.has(name)) yield [name, snapshot]
    }
  }

  /** Adds the snapshots of processes that ended to the one that has them all, so that their files do not pile up. */
  async #tidy(): Promise<void> {
    this.#options.claim()
    if (!this.#hasNews || this.#isTidying) return
    this.#isTidying = true
    try {
      await this.#options.board.refresh(this.#options.self.id)
      this.#absorb()
    } catch (error) {
      this.#options.onError(error)
    } finally {
      this.#isTidying = false
    }
  }

  /** Nothing waits in here: a scrape sees either the files or the file that has them. */
  #absorb(): void {
    const { board } = this.#options
    const waiting = [...this.#others()].filter(([name]) => name !== ENDED && !this.#guests.has(name))
    const names = waiting.filter(([name, { process }]) => process && this.#isGone(name, process)).map(([name]) => name)
    // Others will have to be looked for again: it is not known yet that they have ended.
    this.#hasNews = waiting.length > names.length
    // The last that they wrote, which may have been after the board was read.
    board.refreshSync()
    const snapshots = new Map(board.snapshots())
    const ended = snapshots.get(ENDED)
    const leftovers = (ended?.absorbed ?? []).filter((name) => name !== ENDED)
    for (const name of leftovers) board.remove(name)
    if (names.length === 0) return
    const sums = new Sums()
    sums.begin()
    if (ended !== undefined) sums.add(ended, false)
    for (const name of names) {
      const snapshot = snapshots.get(name)
      if (snapshot !== undefined) sums.add(snapshot, false)
    }
    board.write(ENDED, encodeSums(sums, names))
    for (const name of names) {
      board.remove(name)
      this.#ended.delete(name)
    }
    board.refreshSync()
  }

  #isGone(name: string, process: Identity): boolean {
    return !isAlive(process) || this.#ended.has(name)
  }
}

const isOfThread = ({ id, pid }: Identity) => !id.startsWith(`${pid}-0-`)

function encodeSums(sums: Sums, absorbed: readonly string[]): readonly Uint8Array[] {
  const rows = [...sums.families()].flatMap(([, rows]) => rows)
  const values = rows.flatMap(({ offset, family }) => [...sums.values.subarray(offset, offset + family.width)])
  const lines = [encodeAbout({ absorbed }), Buffer.from(rows.map(encodeRow).join(''))]
  return encodeSnapshot(lines, Float64Array.from(values))
}
