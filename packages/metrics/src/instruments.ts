import {
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type ObservableUpDownCounter,
} from '@opentelemetry/api'
import { type MetricSelector, selectMetrics } from './selection.ts'
import { type Buckets, type HistogramName, METRICS, type MetricDefinition, type MetricKey } from './table.ts'

/** Which instruments are made, and how. */
export interface InstrumentsConfig {
  /**
   * Names of metrics and groups to make besides the default metrics, or with `-` before them, not to make. Those that
   * are another instrumentation's have no effect. Default: the default metrics.
   *
   * @example ['mcp', '-agentgateway_request_size_bytes']
   */
  metrics?: readonly MetricSelector[]
  /**
   * Upper bounds of the buckets of histograms, by the name of the metric. Default: those of the table.
   *
   * @example { agentgateway_request_duration_seconds: [0.1, 0.5, 1] }
   */
  buckets?: Buckets
}

interface InstrumentOfKind {
  counter: Counter
  /**
   * A gauge is observable: its owner reports the state when it is collected, so it can never drift from what it counts.
   */
  gauge: ObservableUpDownCounter
  histogram: Histogram
}

type InstrumentOf<Definition extends MetricDefinition> =
  | InstrumentOfKind[Definition['kind']]
  | (Definition extends { group: string } ? undefined : never)

/**
 * Instruments by the key of their metric. An optional metric's is undefined when nobody asked for it: write
 * `?.record(…)`.
 */
export type Instruments<K extends MetricKey = MetricKey> = {
  readonly [P in K]: InstrumentOf<(typeof METRICS)[P]>
}

/**
 * Creates instruments of the table with a meter of any MeterProvider.
 *
 * A default metric that was taken away gets the API's instrument that does nothing, so that code which records a
 * default metric needs no check; an optional metric that was not asked for gets no instrument, so that its code costs
 * nothing.
 *
 * @param keys the metrics; two meters of one provider must not both create the same one
 */
export function createInstruments<K extends MetricKey>(
  meter: Meter,
  keys: readonly K[],
  { metrics = [], buckets = {} }: InstrumentsConfig = {},
): Instruments<K> {
  const selected = selectMetrics(metrics)
  const instruments = keys.map((key) => {
    const definition: MetricDefinition = METRICS[key]
    if (selected.has(definition.name)) return [key, createInstrument(meter, definition, buckets)]
    return [key, definition.group === undefined ? createInstrument(createNoopMeter(), definition, buckets) : undefined]
  })
  return Object.fromEntries(instruments) as Instruments<K>
}

function createInstrument(meter: Meter, { name, help, unit, ...metric }: MetricDefinition, buckets: Buckets) {
  const options = { description: help, unit }
  switch (metric.kind) {
    case 'counter':
      return meter.createCounter(name, options)
    case 'gauge':
      return meter.createObservableUpDownCounter(name, options)
    case 'histogram': {
      const bounds = buckets[name as HistogramName] ?? metric.buckets
      return meter.createHistogram(name, { ...options, advice: { explicitBucketBoundaries: [...bounds] } })
    }
  }
}
