import { ProcessSeries } from '@agentgateway-otel/exporter'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Identity } from './identity.ts'
import { encodeHeader, encodeRow, encodeSnapshot, type Snapshot } from './snapshot.ts'

/** Turns what this process's reader collects into its snapshot. */
export class SnapshotEncoder {
  readonly #process: Identity
  readonly #series = new ProcessSeries()
  #lines: Buffer
  /** How many series have their line in `#lines`. */
  #encodedRows = 0

  constructor(process: Identity) {
    this.#process = process
    this.#lines = encodeHeader({ process })
  }

  /**
   * Brings the snapshot up to date.
   *
   * @param hasGauges whether gauges were collected. Those that are missing then become absent; otherwise all stay.
   * @returns whether any number changed.
   */
  update(resourceMetrics: ResourceMetrics, hasGauges: boolean): boolean {
    return this.#series.update(resourceMetrics, hasGauges)
  }

  get snapshot(): Snapshot {
    const { rows, values } = this.#series.table
    return { process: this.#process, merged: [], rows, values }
  }

  /** Returns the parts of the snapshot's file. */
  encode(): readonly Uint8Array[] {
    const { rows, values } = this.#series.table
    if (rows.length > this.#encodedRows) {
      const newLines = rows.slice(this.#encodedRows).map(encodeRow).join('')
      this.#lines = Buffer.concat([this.#lines, Buffer.from(newLines)])
      this.#encodedRows = rows.length
    }
    return encodeSnapshot([this.#lines], values)
  }
}
