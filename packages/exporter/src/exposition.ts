import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { otherMetricsOf } from './other-metrics.ts'
import { ProcessSeries } from './process-series.ts'
import type { ScrapeReader } from './scrape-reader.ts'
import { TextWriter } from './text-format.ts'

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

/** How long a callback of an observable may take: one that never settles must not hang the scrape. */
const COLLECTION_MS = 5_000

/**
 * Creates the exposition of one process: the table's metrics, and after them whatever else its provider has.
 *
 * @param declared the names of the metrics that are written even while they have no series
 * @param onError receives the error of each callback that failed. Its metric is absent; the others are right.
 */
export function createExposition(
  reader: ScrapeReader,
  declared: ReadonlySet<string>,
  onError: (error: unknown) => void,
): Exposition {
  const series = new ProcessSeries()
  let writer: TextWriter | undefined

  return async () => {
    const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: COLLECTION_MS })
    for (const error of errors) onError(error)
    const labels = constantLabels(resourceMetrics)
    series.update(resourceMetrics, true)
    writer ??= new TextWriter(labels, declared)
    const table = await writer.write(series.table)
    const others = await reader.writeOthers([{ metrics: otherMetricsOf(resourceMetrics), labels }])
    return { write: () => [...table, Buffer.from(others)] }
  }
}

/** `gateway` is the resource's: it is one value for the whole process, so that no record has to carry it. */
function constantLabels({ resource }: ResourceMetrics): Record<string, string> {
  const { gateway } = resource.attributes
  return gateway === undefined ? {} : { gateway: String(gateway) }
}
