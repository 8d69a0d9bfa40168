import type { Families } from '@agentgateway-otel/exporter'
import { type Identity, isAlive, isThread } from './identity.ts'
import { encodeHeader, encodeRow, encodeSnapshot, type Snapshot } from './snapshot.ts'
import type { SnapshotDirectory } from './snapshot-directory.ts'
import { Sums } from './sums.ts'
import type { UnclaimedSnapshots } from './unclaimed-snapshots.ts'

/** The file with the sums of what the processes counted that ended. */
const ENDED = 'ended'

/**
 * The snapshots of a group's processes, as its leader reads them. Those of processes that ended are merged into one
 * file, so that their files do not pile up.
 */
export class GroupSnapshots {
  readonly #directory: SnapshotDirectory
  readonly #ownId: string
  readonly #families: Families
  /** The ids of threads that ended, and of claimed snapshots. Their pid may still be alive, and proves nothing. */
  readonly #knownToHaveEnded = new Set<string>()
  /** Whether there may be snapshots of ended processes that are not merged yet. */
  #mayHaveEnded = true
  #isMerging = false

  /**
   * @param ownId the leader's own id: its snapshot is not read from its file
   * @param families the leader's own
   */
  constructor(directory: SnapshotDirectory, ownId: string, families: Families) {
    this.#families = families
    this.#directory = directory
    this.#ownId = ownId
  }

  /** Reads the snapshots that are new, and passes each to `onSnapshot`. The event loop goes on meanwhile. */
  refresh(onSnapshot?: (snapshot: Snapshot) => void): Promise<void> {
    return this.#directory.refresh(this.#ownId, onSnapshot)
  }

  /** The processes that have a snapshot, alive or not. */
  *identities(): Iterable<Identity> {
    for (const [, { process }] of this.#directory.snapshots()) if (process !== undefined) yield process
  }

  /** The snapshots of all processes but this one, by id. None of them is also part of the merged one. */
  *others(): Iterable<[id: string, snapshot: Snapshot]> {
    const snapshots = new Map(this.#directory.snapshots())
    const merged = new Set(snapshots.get(ENDED)?.merged)
    for (const [id, snapshot] of snapshots) {
      if (id !== this.#ownId && !merged.has(id)) yield [id, snapshot]
    }
  }

  /** Moves a snapshot here that waited for this group. The process, or the thread, that wrote it has ended. */
  claim(unclaimed: UnclaimedSnapshots, id: string): void {
    unclaimed.moveTo(this.#directory, id)
    this.#directory.load(id)
    this.#knownToHaveEnded.add(id)
    this.#mayHaveEnded = true
  }

  /** Takes note that a process has disconnected, which may mean that it has ended. */
  onDisconnect(identity: Identity): void {
    if (isThread(identity) && this.#directory.has(identity.id)) this.#knownToHaveEnded.add(identity.id)
    this.#mayHaveEnded = true
  }

  /** Merges the snapshots of the processes that ended, unless none can have ended since the last time. */
  async mergeEnded(isConnected: (id: string) => boolean): Promise<void> {
    if (!this.#mayHaveEnded || this.#isMerging) return
    this.#isMerging = true
    try {
      await this.refresh()
      this.#merge(isConnected)
    } finally {
      this.#isMerging = false
    }
  }

  /** This is synchronous, so that a scrape sees either the files or the file that they are merged into. */
  #merge(isConnected: (id: string) => boolean): void {
    const disconnected = [...this.others()].filter(([id]) => id !== ENDED && !isConnected(id))
    const ended = disconnected.filter(([id, { process }]) => process && this.#hasEnded(id, process)).map(([id]) => id)
    // Of the others it is not known yet whether they have ended, so they are looked at again.
    this.#mayHaveEnded = disconnected.length > ended.length
    // A process may have written its last snapshot after the directory was read.
    this.#directory.refreshSync()
    const snapshots = new Map(this.#directory.snapshots())
    const before = snapshots.get(ENDED)
    const leftovers = (before?.merged ?? []).filter((id) => id !== ENDED)
    for (const id of leftovers) this.#directory.remove(id)
    if (ended.length === 0) return
    const sums = new Sums(this.#families)
    if (before !== undefined) sums.add(before, false)
    for (const id of ended) {
      const snapshot = snapshots.get(id)
      if (snapshot !== undefined) sums.add(snapshot, false)
    }
    this.#directory.write(ENDED, encodeSums(sums, ended))
    for (const id of ended) {
      this.#directory.remove(id)
      this.#knownToHaveEnded.delete(id)
    }
    this.#directory.refreshSync()
  }

  #hasEnded(id: string, process: Identity): boolean {
    return !isAlive(process) || this.#knownToHaveEnded.has(id)
  }
}

function encodeSums({ table }: Sums, merged: readonly string[]): readonly Uint8Array[] {
  const rows = [...table.presentRows()]
  const { values } = table
  const numbers = rows.flatMap(({ offset, family }) => [...values.subarray(offset, offset + family.width)])
  const lines = [encodeHeader({ merged }, table.families), Buffer.from(rows.map(encodeRow).join(''))]
  return encodeSnapshot(lines, Float64Array.from(numbers))
}
