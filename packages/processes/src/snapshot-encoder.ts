import { type Families, otherMetricsOf, ProcessSeries } from '@agentgateway-otel/exporter'
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Identity } from './identity.ts'
import { encodeHeader, encodeRow, encodeSnapshot, type Snapshot } from './snapshot.ts'
import { encodeOthers } from './snapshot-others.ts'

/** Turns what this process's reader collects into its snapshot. */
export class SnapshotEncoder {
  readonly #process: Identity
  readonly #series: ProcessSeries
  #lines: Buffer
  /** How many series have their line in `#lines`. */
  #encodedRows = 0
  #others: readonly MetricData[] = []
  #encodedOthers: Uint8Array = new Uint8Array()

  constructor(process: Identity, families: Families) {
    this.#process = process
    this.#series = new ProcessSeries(families)
    this.#lines = encodeHeader({ process }, families)
  }

  /**
   * Brings the snapshot up to date.
   *
   * @param hasGauges whether gauges were collected. Those that are missing then become absent; otherwise all stay, and
   *   so do the metrics that the table does not have.
   * @returns whether anything changed.
   */
  update(resourceMetrics: ResourceMetrics, hasGauges: boolean): boolean {
    const haveOthersChanged = hasGauges && this.#updateOthers(otherMetricsOf(resourceMetrics))
    return this.#series.update(resourceMetrics, hasGauges) || haveOthersChanged
  }

  #updateOthers(others: readonly MetricData[]): boolean {
    const encoded = encodeOthers(others)
    const haveChanged = Buffer.compare(encoded, this.#encodedOthers) !== 0
    this.#others = others
    this.#encodedOthers = encoded
    return haveChanged
  }

  get snapshot(): Snapshot {
    const { rows, values } = this.#series.table
    return { process: this.#process, merged: [], rows, values, otherBuckets: [], others: this.#others }
  }

  /** Returns the parts of the snapshot's file. */
  encode(): readonly Uint8Array[] {
    const { rows, values } = this.#series.table
    if (rows.length > this.#encodedRows) {
      const newLines = rows.slice(this.#encodedRows).map(encodeRow).join('')
      this.#lines = Buffer.concat([this.#lines, Buffer.from(newLines)])
      this.#encodedRows = rows.length
    }
    return encodeSnapshot([this.#lines], values, this.#encodedOthers)
  }
}
