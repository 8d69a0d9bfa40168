import type { Identity } from './identity.ts'
import type { SnapshotDirectory } from './snapshot-directory.ts'
import { existsSync, readdirSync, statSync } from './unpatched-fs.ts'

/** How many files may wait, and how many bytes in all of them. */
const MAX_FILES = 2048
const MAX_TOTAL_BYTES = 64 * 1024 * 1024

/** How long a snapshot waits for a leader of its app before it is removed. */
const EXPIRY_MS = 24 * 60 * 60 * 1000

/** A snapshot that is final, because the process that wrote it has ended. */
export interface UnclaimedSnapshot {
  readonly process: Identity
  readonly writtenMs: number
}

/**
 * The last snapshots of processes that ended before they had joined a leader of their app, because they lived for a few
 * milliseconds, or because the leader's event loop was blocked meanwhile. Each waits in a file until a leader of its
 * app moves it to the directory of its group.
 */
export class UnclaimedSnapshots {
  readonly #directory: SnapshotDirectory

  constructor(directory: SnapshotDirectory) {
    this.#directory = directory
  }

  /** @throws Error where too many wait already, or Node's error where the file cannot be written. */
  add(id: string, parts: readonly Uint8Array[]): void {
    const { path } = this.#directory
    const names = readdirSync(path)
    let bytes = 0
    for (const { length } of parts) bytes += length
    for (const name of names) bytes += statSync(`${path}/${name}`, { throwIfNoEntry: false })?.size ?? 0
    if (names.length >= MAX_FILES || bytes > MAX_TOTAL_BYTES) {
      throw new Error(`${names.length} ended processes wait in ${path} to be counted, which is the limit`)
    }
    this.#directory.write(id, parts)
  }

  /** Returns the snapshots that wait, by id, and removes those that have expired. */
  read(): ReadonlyMap<string, UnclaimedSnapshot> {
    this.#directory.refreshSync()
    const unclaimed = new Map<string, UnclaimedSnapshot>()
    for (const [name, { process }] of this.#directory.snapshots()) {
      const writtenMs = this.#directory.writtenMs(name)
      if (process === undefined || process.id !== name || writtenMs === undefined) continue
      if (writtenMs < Date.now() - EXPIRY_MS) this.#directory.remove(name)
      else unclaimed.set(name, { process, writtenMs })
    }
    return unclaimed
  }

  remove(id: string): void {
    this.#directory.remove(id)
  }

  moveTo(directory: SnapshotDirectory, id: string): void {
    this.#directory.moveTo(directory, id)
  }
}

export const hasUnclaimed = (path: string) => existsSync(path)
