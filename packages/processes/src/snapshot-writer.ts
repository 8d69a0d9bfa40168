import type { ScrapeReader } from '@agentgateway-otel/exporter'
import type { Identity } from './identity.ts'
import type { Snapshot } from './snapshot.ts'
import type { Board } from './snapshot-directory.ts'
import { Recorder } from './snapshot-encoder.ts'

/** What is counted is on the board after this at the latest: so much a kill may lose. */
const MAX_INTERVAL_MS = 1000
const MIN_INTERVAL_MS = 100
/** Keeping takes no more than this share of the time, as long as the longest interval allows it. */
const SHARE = 0.02
/** How long gauges may be waited for. */
const GAUGES_MS = 700
/** What cleans temporary directories takes what is old. */
const RENEW_MS = 60 * 60 * 1000

/** Keeps this process's snapshot on the board, up to date to the second and to its end. */
export class Keeper {
  readonly #reader: ScrapeReader
  readonly #recorder: Recorder
  readonly #id: string
  readonly #onError: (error: unknown) => void
  #board: Board | undefined
  #isWritten = false
  #writtenMs = 0
  #timer: NodeJS.Timeout | undefined
  #hasEnded = false

  constructor(reader: ScrapeReader, identity: Identity, onError: (error: unknown) => void) {
    this.#reader = reader
    this.#recorder = new Recorder(identity)
    this.#id = identity.id
    this.#onError = onError
  }

  get snapshot(): Snapshot {
    return this.#recorder.snapshot
  }

  /** Keeps it on this board from now on. */
  keepOn(board: Board): void {
    this.#board = board
    this.#isWritten = false
    this.#keep()
    if (this.#timer !== undefined) return
    this.#schedule(MIN_INTERVAL_MS)
  }

  /**
   * Keeps it a last time, at the process's end; nothing is written any more after that, whatever the process does.
   *
   * @param leave is given the snapshot where there is no board to keep it on.
   */
  end(leave: (id: string, parts: readonly Uint8Array[]) => void): void {
    if (this.#hasEnded) return
    if (this.#board?.exists) this.#keep()
    else {
      const recorded = this.#reader.collectRecorded()
      if (recorded !== undefined) this.#recorder.update(recorded, false)
      if (this.#recorder.snapshot.values.length > 0) leave(this.#id, this.#recorder.encode())
    }
    this.#hasEnded = true
  }

  /** Collects everything, gauges too, and keeps it. Never rejects, and takes no longer than a scrape may wait. */
  async collect(): Promise<void> {
    try {
      const { resourceMetrics, errors } = await this.#reader.collect({ timeoutMillis: GAUGES_MS })
      for (const error of errors) this.#onError(error)
      if (this.#recorder.update(resourceMetrics, true)) this.#isWritten = false
      this.#write()
    } catch (error) {
      this.#onError(error)
      this.#keep()
    }
  }

  #schedule(intervalMs: number): void {
    this.#timer = setTimeout(() => {
      const began = performance.now()
      const changed = this.#keep()
      const took = performance.now() - began
      const next = changed ? Math.max(MIN_INTERVAL_MS, took / SHARE) : intervalMs * 2
      this.#schedule(Math.min(MAX_INTERVAL_MS, next))
    }, intervalMs).unref()
  }

  /** Keeps what can be had without waiting. */
  #keep(): boolean {
    try {
      const recorded = this.#reader.collectRecorded()
      const changed = recorded !== undefined && this.#recorder.update(recorded, false)
      if (changed) this.#isWritten = false
      this.#write()
      return changed
    } catch (error) {
      this.#onError(error)
      return false
    }
  }

  #write(): void {
    const now = performance.now()
    if (this.#hasEnded || this.#board === undefined || (this.#isWritten && now < this.#writtenMs + RENEW_MS)) return
    this.#board.write(this.#id, this.#recorder.encode())
    this.#isWritten = true
    this.#writtenMs = now
  }
}
