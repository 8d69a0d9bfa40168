import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Exposition } from '../collected.ts'
import { TextWriter } from '../text/text-writer.ts'
import { createPauses } from '../turns.ts'
import type { Families } from './families.ts'
import { otherMetricsOf, prepareOthers } from './other-metrics.ts'
import { ProcessSeries } from './process-series.ts'
import type { ScrapeReader } from './scrape-reader.ts'

/** How long a callback of an observable may take: one that never settles must not hang the scrape. */
const COLLECTION_MS = 5_000

/**
 * Creates the exposition of one process: the table's metrics, and after them whatever else its provider has.
 *
 * @param families the families of this process
 * @param declared the names of the metrics that are written even while they have no series
 * @param onError receives the error of each callback that failed. Its metric is absent; the others are right.
 */
export function createExposition(
  reader: ScrapeReader,
  families: Families,
  declared: ReadonlySet<string>,
  onError: (error: unknown) => void,
): Exposition {
  const series = new ProcessSeries(families)
  let writer: TextWriter | undefined

  return async () => {
    const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: COLLECTION_MS })
    for (const error of errors) onError(error)
    const labels = constantLabels(resourceMetrics)
    const pauses = createPauses()
    if (pauses.isDue(countPoints(resourceMetrics))) await pauses.next()
    for (const _ of series.updating(resourceMetrics, true)) if (pauses.isDue()) await pauses.next()
    const others = await prepareOthers([{ metrics: otherMetricsOf(resourceMetrics), labels }])
    writer ??= new TextWriter(series.table, labels, declared)
    return writer.take(others)
  }
}

const countPoints = ({ scopeMetrics }: ResourceMetrics) =>
  scopeMetrics.flatMap(({ metrics }) => metrics).reduce((sum, { dataPoints }) => sum + dataPoints.length, 0)

/** `gateway` is the resource's: it is one value for the whole process, so that no record has to carry it. */
function constantLabels({ resource }: ResourceMetrics): Record<string, string> {
  const { gateway } = resource.attributes
  return gateway === undefined ? {} : { gateway: String(gateway) }
}
