import type { Socket } from 'node:net'
import { join } from 'node:path'
import { Group } from './group.ts'
import { ID, type Identity, isAlive, isSameApp, parseIdentity } from './identity.ts'
import type { Member } from './member.ts'
import { createMessageReader, type Message, send } from './messages.ts'
import type { Rendezvous } from './rendezvous.ts'
import { hasUnclaimed } from './unclaimed-snapshots.ts'
import { readdirSync, rmdirSync, rmSync, statSync } from './unpatched-fs.ts'

/** How long a peer may take to send who it is. */
const HELLO_MS = 10_000

/**
 * What the process does that has the port. It serves its own numbers as long as it is alone; once its app has another
 * process, or the snapshot of one, it leads their group and serves the sums.
 */
export class Leader {
  readonly #member: Member
  #group: Group | undefined
  /** Whether this process continues a group that others began. */
  #isContinued = false
  /** When this process was started, in milliseconds since 1970. */
  readonly #startedMs = Date.now() - process.uptime() * 1000

  constructor(member: Member) {
    this.#member = member
  }

  /**
   * Continues the group that is left of this app, and claims the snapshots of processes that ended before they had
   * joined a leader. It may be called at any time, and looks again each time. Errors are reported.
   */
  takeOver(): void {
    const { rendezvous, onError } = this.#member.options
    try {
      if (this.#group === undefined) {
        const name = this.#member.group ?? this.#findGroup()
        if (name !== undefined) {
          this.#isContinued = true
          this.#lead(name)
        }
      }
      this.#claimSnapshots()
      if (this.#group === undefined) removeIfUnused(rendezvous, this.#startedMs)
    } catch (error) {
      onError(error)
    }
  }

  /** The processes whose numbers this one serves, itself first. Those that ended are not among them. */
  processes(): readonly Identity[] {
    return this.#group?.processes() ?? [this.#member.identity]
  }

  /** Accepts a connection to the peer socket. */
  accept(socket: Socket): void {
    let peerId: string | undefined
    const timer = setTimeout(() => socket.destroy(), HELLO_MS).unref()
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(timer)
      // The process may have ended before it was welcome, and have left a snapshot.
      this.takeOver()
    })
    const onMessage = (message: Message) => {
      if (peerId !== undefined) return this.#group?.receive(peerId, message)
      clearTimeout(timer)
      peerId = this.#welcome(socket, message)
    }
    const read = createMessageReader(onMessage, this.#member.options.onError)
    socket.on('data', (chunk: Buffer) => read(socket, chunk))
  }

  /** @returns the peer's id; undefined where it is not of this app. */
  #welcome(socket: Socket, { hello }: Message): string | undefined {
    const identity = parseIdentity(hello)
    if (identity === undefined) {
      socket.destroy()
      return undefined
    }
    if (!this.#identities().some((known) => known.id === identity.id || isSameApp(identity, known))) {
      const { service, entry } = this.#member.identity
      send(socket, { refused: service === undefined ? entry : `the service ${service}` })
      socket.end()
      return undefined
    }
    this.#lead().admit(socket, identity)
    send(socket, { welcome: this.#member.group, gateway: this.#member.gateway })
    return identity.id
  }

  /** The processes by which others are recognised as this app's. */
  #identities(): Identity[] {
    return this.#group === undefined ? [this.#member.identity] : [...this.#group.identities()]
  }

  /** Returns the group, which begins, or continues, when this is called first. */
  #lead(name = this.#member.group ?? this.#member.identity.id): Group {
    if (this.#group !== undefined) return this.#group
    const group = new Group(name, this.#member, () => this.takeOver())
    this.#member.options.endpoint.expose(() => group.collect())
    this.#group = group
    return group
  }

  /** Claims the snapshots that wait and are of this app. */
  #claimSnapshots(): void {
    if (!hasUnclaimed(this.#member.options.rendezvous.unclaimed)) return
    const { unclaimed, identity } = this.#member
    // Each process that is claimed may be the one by which another is recognised, so this goes on until none is.
    for (let count = -1; count !== 0; ) {
      const known = this.#identities()
      const own = [...unclaimed.read()].filter(
        ([id, { process }]) => id !== identity.id && known.some((one) => isSameApp(one, process)),
      )
      count = own.length
      // What was written before this process began is of an earlier life of the app, unless some process lived in both.
      const isOfThisLife = this.#isContinued || own.some(([, { writtenMs }]) => writtenMs >= this.#startedMs)
      for (const [id] of own) {
        if (isOfThisLife) this.#lead().claim(unclaimed, id)
        else unclaimed.remove(id)
      }
    }
  }

  /** Returns the group that has living processes of this app; removes those whose processes have all ended. */
  #findGroup(): string | undefined {
    const { rendezvous } = this.#member.options
    const { identity } = this.#member
    let group: string | undefined
    for (const name of groupsIn(rendezvous)) {
      const directory = this.#member.openDirectory(join(rendezvous.groups, name))
      directory.refreshSync()
      const living = [...directory.snapshots()].flatMap(([id, { process }]) =>
        process && id !== identity.id && this.#isOfThisLife(process, directory.writtenMs(id)) ? process : [],
      )
      if (living.length === 0) rmSync(directory.path, { recursive: true, force: true })
      else if (living.some((other) => isSameApp(identity, other))) group ??= name
    }
    return group
  }

  /** Whether the process lives, or lived when this one did already: it has then ended while there was no leader. */
  #isOfThisLife(process: Identity, writtenMs = 0): boolean {
    return writtenMs >= this.#startedMs || isAlive(process)
  }
}

function groupsIn({ groups }: Rendezvous): string[] {
  try {
    return readdirSync(groups).filter((name) => ID.test(name))
  } catch {
    return []
  }
}

/**
 * Removes the folders if they are empty and older than this process. While they are there, every start and every end of
 * a process looks into them.
 */
function removeIfUnused({ groups, unclaimed }: Rendezvous, startedMs: number): void {
  const stats = statSync(groups, { throwIfNoEntry: false })
  if (stats === undefined || stats.mtimeMs >= startedMs) return
  for (const directory of [unclaimed, groups]) {
    try {
      rmdirSync(directory)
    } catch {
      // It does not exist, or is not empty.
    }
  }
}
