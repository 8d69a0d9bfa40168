import { createHash } from 'node:crypto'
import type { LockSettings, SettingsSource } from '@agentgateway-otel/exporter'
import { currentMark, readBoundedFile, UnreadableFile } from './bounded-file.ts'
import { loadWebConfig } from './load-web-config.ts'
import { WebConfigError } from './yaml-value.ts'

/** How often the files are looked at, while there are connections or requests. */
const CHECK_MS = 1000

/** A changed file is read until two readings that are this far apart are equal, since it may be half written. */
const SETTLE_MS = 100

/** A file that changes all the time is given up after so many readings. */
const MAX_READINGS = 20

/** The configuration file is smaller than the certificates that it names: a larger one would hold the event loop. */
const MAX_CONFIG_CHARACTERS = 64 * 1024

export interface WebConfigListener {
  /** Gets what is wrong with the files, once for each problem. */
  onProblem(problem: string): void
  /** Called when the files are right again. */
  onRecovery(): void
}

interface Reading {
  readonly settings: LockSettings | undefined
  readonly problem: string | undefined
  /** The files that were read or could not be, with their marks. */
  readonly marks: ReadonlyMap<string, string>
  /** The same for two readings of the same contents. */
  readonly digest: string
}

/**
 * The settings of a web configuration file and the files that it names. They are read again when one of them has
 * changed, which is looked at when the settings are needed, so that no watcher or timer is left in the app's process.
 */
export class WebConfigFile implements SettingsSource {
  readonly #path: string
  readonly #listener: WebConfigListener
  #reading: Reading | undefined
  #checkedMs = Number.NEGATIVE_INFINITY
  #check: Promise<LockSettings | undefined> | undefined

  constructor(path: string, listener: WebConfigListener) {
    this.#path = path
    this.#listener = listener
  }

  read(): LockSettings | undefined {
    this.#checkedMs = performance.now()
    return this.#adopt(this.#readFiles())
  }

  current(): LockSettings | undefined | Promise<LockSettings | undefined> {
    if (this.#check !== undefined) return this.#check
    if (this.#reading !== undefined && performance.now() - this.#checkedMs < CHECK_MS) return this.#reading.settings
    this.#check = this.#readIfChanged().finally(() => {
      this.#checkedMs = performance.now()
      this.#check = undefined
    })
    return this.#check
  }

  async #readIfChanged(): Promise<LockSettings | undefined> {
    const reading = this.#reading
    if (reading !== undefined) {
      const marks = await Promise.all(
        [...reading.marks].map(async ([path, mark]) => mark === (await currentMark(path))),
      )
      if (!marks.includes(false)) return reading.settings
    }
    return this.#adopt(await this.#readUntilSettled())
  }

  async #readUntilSettled(): Promise<Reading> {
    let last = this.#readFiles()
    for (let count = 1; count < MAX_READINGS; count++) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS).unref())
      const next = this.#readFiles()
      if (next.digest === last.digest) return next
      last = next
    }
    const problem = `${this.#path} or a file that it names keeps changing`
    // No file has an empty mark, so the files are read again the next time, also when they have stopped changing.
    return { ...last, settings: undefined, problem, marks: new Map([[this.#path, '']]) }
  }

  #adopt(reading: Reading): LockSettings | undefined {
    const previous = this.#reading?.problem
    this.#reading = reading
    if (reading.problem !== undefined && reading.problem !== previous) this.#listener.onProblem(reading.problem)
    if (reading.problem === undefined && previous !== undefined) this.#listener.onRecovery()
    return reading.settings
  }

  #readFiles(): Reading {
    const marks = new Map<string, string>()
    const hash = createHash('sha256')
    const readFile = (path: string) => {
      try {
        const { text, mark } = readBoundedFile(path)
        marks.set(path, mark)
        hash.update(text)
        if (path === this.#path && text.length > MAX_CONFIG_CHARACTERS) {
          throw new WebConfigError(`the file is larger than ${MAX_CONFIG_CHARACTERS / 1024} KiB`)
        }
        return text
      } catch (error) {
        if (error instanceof UnreadableFile) marks.set(path, error.mark)
        throw error
      }
    }
    try {
      const settings = loadWebConfig(this.#path, readFile)
      return { settings, problem: undefined, marks, digest: hash.digest('hex') }
    } catch (error) {
      const problem = describe(this.#path, error as Error)
      return { settings: undefined, problem, marks, digest: hash.update(problem).digest('hex') }
    }
  }
}

/** Returns the problem as one line that begins with the file, and with the line where that is known. */
function describe(path: string, error: Error): string {
  if (error instanceof UnreadableFile) return `the file ${error.message}`
  const line = error instanceof WebConfigError ? error.line : undefined
  return `${path}${line === undefined ? '' : `:${line}`}: ${error.message}`
}
