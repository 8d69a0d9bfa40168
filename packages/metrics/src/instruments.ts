import type { Counter, Histogram, Meter, ObservableUpDownCounter } from '@opentelemetry/api'
import { type Buckets, boundariesOf } from './buckets.ts'
import { type MetricSelector, selectMetrics } from './selection.ts'
import { METRICS, type MetricDefinition, type MetricKey } from './table.ts'

interface InstrumentOfKind {
  counter: Counter
  /**
   * A gauge is observable: its owner reports the state when it is collected, so it can never drift from what it counts.
   */
  gauge: ObservableUpDownCounter
  histogram: Histogram
}

/**
 * Instruments by the key of their metric. That of a metric that is not asked for is undefined: write `?.record(value, labels.of(…))`,
 * so that its labels are not even looked up.
 */
export type Instruments<K extends MetricKey = MetricKey> = {
  readonly [P in K]: InstrumentOfKind[(typeof METRICS)[P]['kind']] | undefined
}

/** Which instruments are made, and how. */
export interface InstrumentOptions {
  /** Which metrics are made, as `selectMetrics` reads them. Default: the default metrics. */
  readonly metrics?: readonly MetricSelector[] | undefined
  /** The upper bounds of the buckets of histograms that are not to have those of the table. */
  readonly buckets?: Buckets | undefined
}

/**
 * Creates instruments of the table with a meter of any MeterProvider: those of the metrics that are asked for.
 *
 * @param keys the metrics; two meters of one provider must not both create the same one
 */
export function createInstruments<K extends MetricKey>(
  meter: Meter,
  keys: readonly K[],
  { metrics, buckets }: InstrumentOptions = {},
): Instruments<K> {
  const selected = selectMetrics(metrics)
  const instruments = keys.map((key) => {
    const definition: MetricDefinition = METRICS[key]
    return [key, selected.has(definition.name) ? createInstrument(meter, definition, buckets) : undefined]
  })
  return Object.fromEntries(instruments) as Instruments<K>
}

/** Creates instruments as `createInstruments` does. Returns nothing if none of them is asked for, so that nothing has to record them. */
export function createOptionalInstruments<K extends MetricKey>(
  meter: Meter,
  keys: readonly K[],
  options?: InstrumentOptions,
): Instruments<K> | undefined {
  const instruments = createInstruments(meter, keys, options)
  return Object.values(instruments).every((instrument) => instrument === undefined) ? undefined : instruments
}

function createInstrument(meter: Meter, metric: MetricDefinition, buckets?: Buckets) {
  const { name, help, unit } = metric
  const options = { description: help, unit }
  switch (metric.kind) {
    case 'counter':
      return meter.createCounter(name, options)
    case 'gauge':
      return meter.createObservableUpDownCounter(name, options)
    case 'histogram':
      return meter.createHistogram(name, {
        ...options,
        advice: { explicitBucketBoundaries: [...boundariesOf(metric, buckets)] },
      })
  }
}
