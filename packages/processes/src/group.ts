import type { Socket } from 'node:net'
import { type Collected, nextTurn, prepareOthers, TextWriter } from '@agentgateway-otel/exporter'
import { GroupSnapshots } from './group-snapshots.ts'
import { type Identity, isThread } from './identity.ts'
import type { Member } from './member.ts'
import type { Message } from './messages.ts'
import { Peers } from './peers.ts'
import type { Snapshot } from './snapshot.ts'
import { Sums } from './sums.ts'
import type { UnclaimedSnapshots } from './unclaimed-snapshots.ts'

/** How often snapshots that wait are claimed, and those of ended processes merged. */
const TICK_MS = 1000

/** The processes of an app that has more than one, with the sums of what they count, as their leader has them. */
export class Group {
  readonly #member: Member
  readonly #peers: Peers
  readonly #snapshots: GroupSnapshots
  readonly #sums: Sums
  readonly #writer: TextWriter
  readonly #claimSnapshots: () => void
  /** Whether a log line has said that a process has other buckets. */
  #areBucketsReported = false

  /**
   * @param name the name of the group's folder.
   * @param claimSnapshots claims the snapshots that wait for this group. It is called at each scrape and every second.
   */
  constructor(name: string, member: Member, claimSnapshots: () => void) {
    const { endpoint, log } = member.options
    this.#member = member
    this.#peers = new Peers((text) => log('warn', text))
    const directory = member.enter(name)
    directory.refreshSync()
    this.#snapshots = new GroupSnapshots(directory, member.identity.id, endpoint.families)
    this.#sums = new Sums(endpoint.families)
    this.#writer = new TextWriter(this.#sums.table, { gateway: member.gateway }, endpoint.declared)
    this.#claimSnapshots = claimSnapshots
    setInterval(() => void this.#tick(), TICK_MS).unref()
  }

  /** The processes that are known, alive or not. */
  *identities(): Iterable<Identity> {
    yield this.#member.identity
    yield* this.#peers.identities()
    yield* this.#snapshots.identities()
  }

  /** The processes that are connected, this one first. */
  processes(): readonly Identity[] {
    return [this.#member.identity, ...this.#peers.identities()]
  }

  admit(socket: Socket, identity: Identity): void {
    this.#peers.add(socket, identity, () => this.#snapshots.onDisconnect(identity))
  }

  receive(id: string, message: Message): void {
    this.#peers.receive(id, message)
  }

  claim(unclaimed: UnclaimedSnapshots, id: string): void {
    this.#snapshots.claim(unclaimed, id)
  }

  /**
   * Collects the metrics of the group: the sums of all processes, those that ended included, and after them the metrics that
   * the table does not have, process by process.
   */
  async collect(): Promise<Collected> {
    const { writer, gateway, identity } = this.#member
    this.#claimSnapshots()
    await Promise.all([writer.collect(), this.#peers.collect()])
    await this.#snapshots.refresh((snapshot) => this.#sums.prepare(snapshot))
    this.#sums.begin()
    this.#sums.add(writer.snapshot, true)
    const others = new Map([[nameOf(identity), writer.snapshot.others]])
    // The list is made at once: it must not have a process's snapshot and the one that it is merged into.
    for (const [id, snapshot] of [...this.#snapshots.others()]) {
      await nextTurn()
      const isConnected = this.#peers.has(id)
      this.#reportBuckets(snapshot)
      this.#sums.add(snapshot, isConnected)
      const name = snapshot.process && nameOf(snapshot.process)
      if (isConnected && name !== undefined && !others.has(name)) others.set(name, snapshot.others)
    }
    const sources = [...others].map(([process, metrics]) => ({
      metrics,
      labels: { gateway, process },
    }))
    return this.#writer.take(await prepareOthers(sources))
  }

  #reportBuckets({ process, otherBuckets }: Snapshot): void {
    if (otherBuckets.length === 0 || this.#areBucketsReported) return
    this.#areBucketsReported = true
    const { log } = this.#member.options
    const who = process === undefined ? 'processes that ended had' : `process ${nameOf(process)} has`
    log(
      'warn',
      `${who} other buckets of ${otherBuckets.join(', ')} than process ${nameOf(this.#member.identity)}, which serves the sums; they leave out what cannot be added; set AGENTGATEWAY_BUCKETS to the same value for all processes of an app`,
    )
  }

  async #tick(): Promise<void> {
    this.#claimSnapshots()
    try {
      await this.#snapshots.mergeEnded((id) => this.#peers.has(id))
    } catch (error) {
      this.#member.options.onError(error)
    }
  }
}

/** Returns the value of the label `process`. */
const nameOf = (identity: Identity) =>
  isThread(identity) ? `${identity.pid}-${identity.threadId}` : String(identity.pid)
