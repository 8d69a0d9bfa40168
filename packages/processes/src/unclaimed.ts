import type { Identity } from './identity.ts'
import { Board } from './snapshot-directory.ts'
import { existsSync, readdirSync, statSync } from './unpatched-fs.ts'

/** More files, or more bytes in all of them, are not left. */
const MAX_FILES = 2048
const MAX_BYTES = 64 * 1024 * 1024

/** What no leader of its app has claimed for so long is removed. */
const EXPIRES_MS = 24 * 60 * 60 * 1000

/** A snapshot that is final: whoever counted it has ended. */
export interface UnclaimedSnapshot {
  readonly process: Identity
  readonly writtenMs: number
}

/**
 * The last snapshots of processes that ended before they had met a leader of their app: one that starts and ends within
 * milliseconds, or whose leader's event loop was blocked meanwhile. Each lies in a file until a leader of the same app
 * moves it to the files of its own group.
 */
export class Unclaimed {
  readonly #board: Board

  /** @throws Node's error where the directory cannot be made. */
  constructor(directory: string, onError: (error: unknown) => void) {
    this.#board = new Board(directory, onError)
  }

  /**
   * Leaves a snapshot, at once.
   *
   * @throws Error where there are too many already, or Node's error.
   */
  leave(id: string, parts: readonly Uint8Array[]): void {
    const { directory } = this.#board
    const names = readdirSync(directory)
    let bytes = 0
    for (const { length } of parts) bytes += length
    for (const name of names) bytes += statSync(`${directory}/${name}`, { throwIfNoEntry: false })?.size ?? 0
    if (names.length >= MAX_FILES || bytes > MAX_BYTES) {
      throw new Error(`${names.length} ended processes wait in ${directory} to be counted, and no more may`)
    }
    this.#board.write(id, parts)
  }

  /** Reads what there is, and removes what has expired. */
  read(): ReadonlyMap<string, UnclaimedSnapshot> {
    this.#board.refreshSync()
    const found = new Map<string, UnclaimedSnapshot>()
    for (const [name, { process }] of this.#board.snapshots()) {
      const writtenMs = this.#board.writtenMs(name)
      if (process === undefined || process.id !== name || writtenMs === undefined) continue
      if (writtenMs < Date.now() - EXPIRES_MS) this.#board.remove(name)
      else found.set(name, { process, writtenMs })
    }
    return found
  }

  remove(name: string): void {
    this.#board.remove(name)
  }

  moveTo(board: Board, name: string): void {
    this.#board.moveTo(board, name)
  }
}

export const hasUnclaimed = (directory: string) => existsSync(directory)
