import { constants } from 'node:fs'
import { join } from 'node:path'
import { type Decoded, decodeSnapshot, MAX_SNAPSHOT_BYTES, type Snapshot } from './snapshot.ts'
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from './unpatched-fs.ts'

interface Entry {
  /** Tells a file from the one that replaced it. */
  readonly stamp: string
  /** When it was written, by the clock of the file system. */
  readonly writtenMs: number
  readonly bytes: number
  /** Undefined where the file made no sense. */
  readonly decoded: Decoded | undefined
}

/** Of all files. What is beyond is left unread. */
const MAX_BOARD_BYTES = 256 * 1024 * 1024
const MAX_FILES = 4096

/**
 * The folder in which each process of an app keeps its last snapshot, in a file of its own. It survives whoever wrote
 * it, so whoever leads next has all that was ever shown. It is written and read without the thread pool, which is the
 * app's, and which is not there any more when a process ends.
 */
export class Board {
  readonly directory: string
  readonly #onError: (error: unknown) => void
  readonly #entries = new Map<string, Entry>()

  constructor(directory: string, onError: (error: unknown) => void) {
    this.directory = directory
    this.#onError = onError
    try {
      this.#make()
    } catch (error) {
      onError(error)
    }
  }

  #make(): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 })
  }

  /**
   * Replaces a file, at once and as a whole.
   *
   * @throws Node's error, such as ENOSPC
   */
  write(name: string, parts: readonly Uint8Array[]): void {
    const file = join(this.directory, name)
    // A name of its own kind: it is never read.
    const fresh = `${file}${FRESH}`
    const descriptor = this.#create(fresh)
    try {
      for (const part of parts) writeAll(descriptor, part)
    } finally {
      closeSync(descriptor)
    }
    renameSync(fresh, file)
  }

  #create(file: string): number {
    try {
      return openSync(file, 'w', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      // The folder was cleaned away, as it happens to temporary ones.
      this.#make()
      return openSync(file, 'w', 0o600)
    }
  }

  has(name: string): boolean {
    return existsSync(join(this.directory, name))
  }

  /** Whether the folder is still there: a leader that knew of no living process of the app has removed it. */
  get exists(): boolean {
    return existsSync(this.directory)
  }

  /** When a file was written that was read, in milliseconds since 1970. */
  writtenMs(name: string): number | undefined {
    return this.#entries.get(name)?.writtenMs
  }

  /** Reads one file, if there is something new in it. */
  load(name: string): void {
    this.#load(name)
  }

  /** Moves a file to another board, as a whole; what is there by this name is replaced. */
  moveTo(board: Board, name: string): void {
    renameSync(join(this.directory, name), join(board.directory, name))
    this.#entries.delete(name)
  }

  remove(name: string): void {
    rmSync(join(this.directory, name), { force: true })
    this.#entries.delete(name)
  }

  /** The snapshots as they were read last, by the names of their files. */
  *snapshots(): Iterable<[name: string, snapshot: Snapshot]> {
    for (const [name, { decoded }] of this.#entries) if (decoded !== undefined) yield [name, decoded.snapshot]
  }

  /**
   * Reads what was written since the last time; between two files the event loop may go on.
   *
   * @param own the file that need not be read
   * @param onSnapshot hears of each that is new
   */
  async refresh(own: string, onSnapshot?: (snapshot: Snapshot) => void): Promise<void> {
    for (const name of this.#list()) {
      if (name === own || !this.#load(name)) continue
      const snapshot = this.#entries.get(name)?.decoded?.snapshot
      if (snapshot !== undefined) onSnapshot?.(snapshot)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  refreshSync(): void {
    for (const name of this.#list()) this.#load(name)
  }

  #list(): string[] {
    let names: string[]
    try {
      names = readdirSync(this.directory).filter((name) => !name.endsWith(FRESH))
    } catch (error) {
      this.#onError(error)
      return []
    }
    const present = new Set(names)
    for (const name of this.#entries.keys()) if (!present.has(name)) this.#entries.delete(name)
    return names.slice(0, MAX_FILES)
  }

  /** @returns whether there was something to read. */
  #load(name: string): boolean {
    const known = this.#entries.get(name)
    try {
      const file = this.#read(name, known?.stamp)
      if (file === undefined) return false
      this.#entries.set(name, this.#decode(file, known))
    } catch (error) {
      // It was removed meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#onError(error)
    }
    return true
  }

  /** A file that makes no sense leaves what was known of its process; it is told once. */
  #decode({ stamp, writtenMs, content }: ReadFile, known: Entry | undefined): Entry {
    const bytes = content.length
    try {
      return { stamp, writtenMs, bytes, decoded: decodeSnapshot(content, known?.decoded) }
    } catch (error) {
      this.#onError(error)
      return { stamp, writtenMs, bytes, decoded: known?.decoded }
    }
  }

  #read(name: string, stamp: string | undefined): ReadFile | undefined {
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
    const descriptor = openSync(join(this.directory, name), flags)
    try {
      const found = fstatSync(descriptor)
      const current = `${found.ino} ${found.mtimeMs} ${found.size}`
      if (current === stamp) return undefined
      if (!found.isFile() || found.size > Math.min(MAX_SNAPSHOT_BYTES, this.#bytesLeft())) {
        throw new Error(`${join(this.directory, name)} is not read: it has ${found.size} bytes`)
      }
      const content = Buffer.allocUnsafeSlow(found.size)
      let length = 0
      for (let got = -1; length < content.length && got !== 0; length += got) {
        got = readSync(descriptor, content, length, content.length - length, null)
      }
      return { stamp: current, writtenMs: found.mtimeMs, content: content.subarray(0, length) }
    } finally {
      closeSync(descriptor)
    }
  }

  #bytesLeft(): number {
    let left = MAX_BOARD_BYTES
    for (const { bytes } of this.#entries.values()) left -= bytes
    return left
  }
}

interface ReadFile {
  readonly stamp: string
  readonly writtenMs: number
  readonly content: Buffer
}

const FRESH = '.fresh'

function writeAll(descriptor: number, part: Uint8Array): void {
  for (let written = 0; written < part.length; ) written += writeSync(descriptor, part, written)
}
