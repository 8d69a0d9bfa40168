import { constants } from 'node:fs'
import { join } from 'node:path'
import { type Families, nextTurn } from '@agentgateway-otel/exporter'
import { type Decoded, decodeSnapshot, MAX_SNAPSHOT_BYTES, OtherFormatError, type Snapshot } from './snapshot.ts'
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
  /** Another one for each file of the same name. */
  readonly version: string
  /** When the file was written, by the clock of the file system. */
  readonly writtenMs: number
  readonly bytes: number
  /** The last valid snapshot; undefined where there was none. */
  readonly decoded: Decoded | undefined
}

/** The total size of all files; those beyond it are not read. */
const MAX_TOTAL_BYTES = 256 * 1024 * 1024
const MAX_FILES = 4096

/** The suffix of a file that is being written. */
const UNFINISHED = '.unfinished'

/**
 * A folder in which each process keeps its last snapshot in a file of its own, named by the process's id. A file
 * outlives the process that wrote it, so that every leader has all that was ever served. Files are read and written
 * synchronously: the thread pool is the app's, and is gone when a process ends.
 */
export class SnapshotDirectory {
  readonly path: string
  readonly #onError: (error: unknown) => void
  readonly #families: Families | undefined
  readonly #entries = new Map<string, Entry>()
  /** Holds the file that is being read. */
  #content = Buffer.alloc(0)

  /** @param families those of this process. Default: as the table of metrics has them. */
  constructor(path: string, onError: (error: unknown) => void, families?: Families) {
    this.path = path
    this.#onError = onError
    this.#families = families
    try {
      this.#make()
    } catch (error) {
      onError(error)
    }
  }

  #make(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
  }

  /**
   * Replaces a file as a whole: a reader sees the old one or the new one.
   *
   * @throws Node's error, such as ENOSPC.
   */
  write(name: string, parts: readonly Uint8Array[]): void {
    const file = join(this.path, name)
    const unfinished = `${file}${UNFINISHED}`
    const descriptor = this.#openForWriting(unfinished)
    try {
      for (const part of parts) writeAll(descriptor, part)
    } finally {
      closeSync(descriptor)
    }
    renameSync(unfinished, file)
  }

  #openForWriting(file: string): number {
    try {
      return openSync(file, 'w', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      // The folder was removed, as happens to temporary ones.
      this.#make()
      return openSync(file, 'w', 0o600)
    }
  }

  /** Whether there is a file of this name. */
  has(name: string): boolean {
    return existsSync(join(this.path, name))
  }

  /** Whether the folder is still there. A leader removes it when no process of the app is alive that it knows of. */
  get exists(): boolean {
    return existsSync(this.path)
  }

  /** When the file was written that was read last, in milliseconds since 1970. */
  writtenMs(name: string): number | undefined {
    return this.#entries.get(name)?.writtenMs
  }

  /** Moves a file to another directory, where it replaces a file of its name. */
  moveTo(directory: SnapshotDirectory, name: string): void {
    renameSync(join(this.path, name), join(directory.path, name))
    this.#entries.delete(name)
  }

  remove(name: string): void {
    rmSync(join(this.path, name), { force: true })
    this.#entries.delete(name)
  }

  /** The snapshots as they were read last, by the names of their files. */
  *snapshots(): Iterable<[name: string, snapshot: Snapshot]> {
    for (const [name, { decoded }] of this.#entries) if (decoded !== undefined) yield [name, decoded.snapshot]
  }

  /**
   * Reads the files that were written since the last time. The event loop goes on between two of them.
   *
   * @param ownName the name of a file that is not read.
   * @param onSnapshot receives each snapshot that is new.
   */
  async refresh(ownName: string, onSnapshot?: (snapshot: Snapshot) => void): Promise<void> {
    for (const name of this.#list()) {
      if (name === ownName || !this.load(name)) continue
      const snapshot = this.#entries.get(name)?.decoded?.snapshot
      if (snapshot !== undefined) onSnapshot?.(snapshot)
      await nextTurn()
    }
  }

  /** Reads the files that were written since the last time, at once. */
  refreshSync(): void {
    for (const name of this.#list()) this.load(name)
  }

  #list(): string[] {
    let names: string[]
    try {
      names = readdirSync(this.path).filter((name) => !name.endsWith(UNFINISHED))
    } catch (error) {
      this.#onError(error)
      return []
    }
    const present = new Set(names)
    for (const name of this.#entries.keys()) if (!present.has(name)) this.#entries.delete(name)
    return names.slice(0, MAX_FILES)
  }

  /** Reads one file if it was written since the last time. Returns whether it was. */
  load(name: string): boolean {
    const known = this.#entries.get(name)
    try {
      const file = this.#read(name, known?.version)
      if (file === undefined) return false
      this.#entries.set(name, this.#decode(file, known))
    } catch (error) {
      // ENOENT means that the file was removed meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#onError(error)
    }
    return true
  }

  /** Decodes a file. Where it is invalid, the error is reported and the process's last valid snapshot stays. */
  #decode({ version, writtenMs, content }: ReadFile, known: Entry | undefined): Entry {
    const bytes = content.length
    try {
      return { version, writtenMs, bytes, decoded: decodeSnapshot(content, known?.decoded, this.#families) }
    } catch (error) {
      // Another version of this package may have left its files here, which is no fault.
      if (!(error instanceof OtherFormatError)) this.#onError(error)
      return { version, writtenMs, bytes, decoded: known?.decoded }
    }
  }

  /** @returns undefined where the file is of the version that is known. */
  #read(name: string, knownVersion: string | undefined): ReadFile | undefined {
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
    const descriptor = openSync(join(this.path, name), flags)
    try {
      const stats = fstatSync(descriptor)
      const version = `${stats.ino} ${stats.mtimeMs} ${stats.size}`
      if (version === knownVersion) return undefined
      if (!stats.isFile() || stats.size > Math.min(MAX_SNAPSHOT_BYTES, this.#bytesLeft())) {
        throw new Error(`${join(this.path, name)} is not read, because it has ${stats.size} bytes`)
      }
      if (this.#content.length < stats.size) this.#content = Buffer.allocUnsafeSlow(stats.size)
      const content = this.#content
      let length = 0
      for (let read = -1; length < stats.size && read !== 0; length += read) {
        read = readSync(descriptor, content, length, stats.size - length, null)
      }
      return { version, writtenMs: stats.mtimeMs, content: content.subarray(0, length) }
    } finally {
      closeSync(descriptor)
    }
  }

  #bytesLeft(): number {
    let left = MAX_TOTAL_BYTES
    for (const { bytes } of this.#entries.values()) left -= bytes
    return left
  }
}

interface ReadFile {
  readonly version: string
  readonly writtenMs: number
  /** It holds only until the next file is read. */
  readonly content: Buffer
}

function writeAll(descriptor: number, part: Uint8Array): void {
  for (let written = 0; written < part.length; ) written += writeSync(descriptor, part, written)
}
