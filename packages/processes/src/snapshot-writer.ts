import { nextTurn, type ScrapeEndpoint, type ScrapeReader } from '@agentgateway-otel/exporter'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Identity } from './identity.ts'
import type { Snapshot } from './snapshot.ts'
import type { SnapshotDirectory } from './snapshot-directory.ts'
import { SnapshotEncoder } from './snapshot-encoder.ts'

/** The longest time between two writes while something changes: this much a kill may lose. */
const MAX_INTERVAL_MS = 1000
const MIN_INTERVAL_MS = 100
/** The share of the time that writing may take, as long as the longest interval allows it. */
const MAX_SHARE = 0.02
/** How long a collection may wait for the callbacks of gauges. */
const COLLECTION_MS = 700
/** How often an unchanged file is written again, because programs that clean temporary directories remove old files. */
const RENEW_MS = 60 * 60 * 1000

/** Keeps this process's snapshot in a file that is up to date within a second, and at the end of the process. */
export class SnapshotWriter {
  readonly #reader: ScrapeReader
  readonly #encoder: SnapshotEncoder
  readonly #id: string
  readonly #onError: (error: unknown) => void
  #directory: SnapshotDirectory | undefined
  #isWritten = false
  #writtenMs = 0
  #timer: NodeJS.Timeout | undefined
  #collecting: Promise<void> | undefined
  /** How often the snapshot has been brought up to date. */
  #updates = 0
  #hasEnded = false

  constructor({ reader, families }: ScrapeEndpoint, identity: Identity, onError: (error: unknown) => void) {
    this.#reader = reader
    this.#encoder = new SnapshotEncoder(identity, families)
    this.#id = identity.id
    this.#onError = onError
  }

  get snapshot(): Snapshot {
    return this.#encoder.snapshot
  }

  /** Writes the snapshot to this directory, now and from now on. */
  writeTo(directory: SnapshotDirectory): void {
    this.#directory = directory
    this.#isWritten = false
    this.#writeRecorded()
    if (this.#timer !== undefined) return
    this.#schedule(MIN_INTERVAL_MS)
  }

  /**
   * Writes the snapshot a last time, at the end of the process. After that nothing is written any more, whatever the
   * process does.
   *
   * @param writeUnclaimed receives the snapshot where there is no directory to write it to.
   */
  end(writeUnclaimed: (id: string, parts: readonly Uint8Array[]) => void): void {
    if (this.#hasEnded) return
    if (this.#directory?.exists) this.#writeRecorded()
    else {
      const recorded = this.#reader.collectRecorded()
      if (recorded !== undefined) this.#update(recorded, false)
      if (this.#encoder.snapshot.rows.length > 0) writeUnclaimed(this.#id, this.#encoder.encode())
    }
    this.#hasEnded = true
  }

  /**
   * Collects everything, gauges too, and writes it, or joins what is under way. Never rejects, and takes no longer than a
   * scrape may wait.
   */
  collect(): Promise<void> {
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined
    })
    return this.#collecting
  }

  /** The event loop goes on between the steps, each of which takes some milliseconds where there are many series. */
  async #collect(): Promise<void> {
    try {
      const { resourceMetrics, errors } = await this.#reader.collect({ timeoutMillis: COLLECTION_MS })
      const updates = this.#updates
      await nextTurn()
      // These numbers must not come after newer ones.
      if (this.#updates > updates) return
      for (const error of errors) this.#onError(error)
      if (this.#update(resourceMetrics, true)) this.#isWritten = false
      await nextTurn()
      this.#write()
    } catch (error) {
      this.#onError(error)
      this.#writeRecorded()
    }
  }

  #schedule(intervalMs: number): void {
    this.#timer = setTimeout(() => {
      const startMs = performance.now()
      const hasChanged = this.#writeRecorded()
      const durationMs = performance.now() - startMs
      const nextMs = hasChanged ? Math.max(MIN_INTERVAL_MS, durationMs / MAX_SHARE) : intervalMs * 2
      this.#schedule(Math.min(MAX_INTERVAL_MS, nextMs))
    }, intervalMs).unref()
  }

  /** Writes what can be collected without waiting. Returns whether it has changed. */
  #writeRecorded(): boolean {
    try {
      const recorded = this.#reader.collectRecorded()
      const hasChanged = recorded !== undefined && this.#update(recorded, false)
      if (hasChanged) this.#isWritten = false
      this.#write()
      return hasChanged
    } catch (error) {
      this.#onError(error)
      return false
    }
  }

  #update(resourceMetrics: ResourceMetrics, hasGauges: boolean): boolean {
    this.#updates++
    return this.#encoder.update(resourceMetrics, hasGauges)
  }

  #write(): void {
    const nowMs = performance.now()
    const isRecent = this.#isWritten && nowMs < this.#writtenMs + RENEW_MS
    if (this.#hasEnded || this.#directory === undefined || isRecent) return
    this.#directory.write(this.#id, this.#encoder.encode())
    this.#isWritten = true
    this.#writtenMs = nowMs
  }
}
