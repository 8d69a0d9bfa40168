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
   * Writes the metrics in pieces, each of which takes well under a millisecond. Every caller gets an iterator of its own
   * and may take the pieces at its own pace; the numbers stay those of the moment. A piece must not be changed, because
   * callers that ask for the same may share it.
   */
  write(options: ScrapeOptions): Iterable<Buffer>
}

/** Collects the metrics. Rejects when that fails. */
export type Exposition = () => Promise<Collected>
