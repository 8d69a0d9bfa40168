/** Prometheus' text format 0.0.4, or OpenMetrics 1.0.0. */
export type Format = 'text' | 'openmetrics'

/** What one scrape asks for. */
export interface ScrapeOptions {
  readonly format: Format
  /** The names of the only metrics that are wanted. Default: all. */
  readonly names?: ReadonlySet<string> | undefined
}

/** The metrics as they were at one moment. */
export interface Collected {
  /**
   * Writes the metrics in pieces of at most 64 KiB, unless a line is longer, each of which takes a few tenths of a
   * millisecond. Every caller gets an iterator of its own and may take the pieces at its own pace; the numbers stay
   * those of the moment.
   */
  write(options: ScrapeOptions): Iterable<Buffer>
  /**
   * Gives a piece back that nothing reads any more, so that its memory is used for a later one. A caller need not do
   * this, but otherwise a scrape leaves all of its text as garbage.
   */
  release(piece: Buffer): void
}

/** Collects the metrics. Rejects when that fails. */
export type Exposition = () => Promise<Collected>
