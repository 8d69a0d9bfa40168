import { METRICS } from '@agentgateway-otel/metrics'
import type { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import type { IMetricReader, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { withDistinctSeries } from './distinct-series.ts'
import { withUnitNames } from './unit-names.ts'

/** `gateway` is the resource's: one value for the whole process, so no record has to carry it. */
const CONSTANT_LABELS = /^gateway$/

/** How long a callback of an observable may take: one that never settles must not hang the scrape. */
const COLLECTION_MS = 5_000

/**
 * What is served, in Prometheus' text format 0.0.4: all that the reader collects, and the declaration of each metric in
 * `declared` that has no series yet, so that they can be found from the first scrape on.
 *
 * @returns a function that collects, and throws when collecting or serializing fails.
 */
export function createExposition(
  reader: IMetricReader,
  declared: ReadonlySet<string>,
  onError: (error: unknown) => void,
): () => Promise<string> {
  let serializer: PrometheusSerializer | undefined

  return async () => {
    serializer ??= await loadSerializer()
    const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: COLLECTION_MS })
    // One callback that failed leaves its own metric absent, the others are right.
    for (const error of errors) onError(error)
    const names = namesOf(resourceMetrics)
    const series = names.size === 0 ? '' : serializer.serialize(withUnitNames(withDistinctSeries(resourceMetrics)))
    return series + declarationsOf(declared, names)
  }
}

/** Loaded by the first scrape, not at every start. */
async function loadSerializer(): Promise<PrometheusSerializer> {
  const { PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus')
  // Neither scope labels nor target_info: the labels are the table's, and no metric is added to the table's.
  return new PrometheusSerializer('', false, CONSTANT_LABELS, true, true)
}

const namesOf = ({ scopeMetrics }: ResourceMetrics) =>
  new Set(scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name)))

/** @param present the names of the metrics that have series, whose declarations are written with them */
const declarationsOf = (declared: ReadonlySet<string>, present: ReadonlySet<string>) =>
  Object.values(METRICS)
    .filter(({ name }) => declared.has(name) && !present.has(name))
    .map(({ name, help, kind }) => `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`)
    .join('')
