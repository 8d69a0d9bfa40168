import type { Counter, Histogram, Meter, ObservableUpDownCounter } from '@opentelemetry/api'
import { METRICS, type MetricDefinition, type MetricKey } from './table.ts'

interface InstrumentOfKind {
  counter: Counter
  /** Observable: who owns the state reports it when somebody asks, so a gauge can never drift from what it counts. */
  gauge: ObservableUpDownCounter
  histogram: Histogram
}

export type Instruments<K extends MetricKey = MetricKey> = {
  readonly [P in K]: InstrumentOfKind[(typeof METRICS)[P]['kind']]
}

/**
 * Makes the instruments of the table with a meter of anybody's MeterProvider.
 *
 * @param keys which of the eleven; all of them by default. Two meters of one provider must not both make the same.
 */
export function createInstruments<K extends MetricKey = MetricKey>(
  meter: Meter,
  keys: readonly K[] = Object.keys(METRICS) as K[],
): Instruments<K> {
  return Object.fromEntries(keys.map((key) => [key, createInstrument(meter, METRICS[key])])) as Instruments<K>
}

function createInstrument(meter: Meter, { name, help, unit, ...metric }: MetricDefinition) {
  const options = { description: help, unit }
  switch (metric.kind) {
    case 'counter':
      return meter.createCounter(name, options)
    case 'gauge':
      return meter.createObservableUpDownCounter(name, options)
    case 'histogram':
      return meter.createHistogram(name, { ...options, advice: { explicitBucketBoundaries: [...metric.buckets] } })
  }
}
