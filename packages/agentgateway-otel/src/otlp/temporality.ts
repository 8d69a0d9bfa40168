import type { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics'
import type { OtlpConfiguration } from '../configuration/configuration.ts'

type Kind = `${InstrumentType}`

const DELTA = 0 as AggregationTemporality.DELTA
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE

/**
 * The kinds of instruments that are exported as deltas, by preference: the specification's for counters and histograms.
 * Up-down counters are totals in each of them. The specification leaves gauges open, which have no temporality in OTLP;
 * as deltas they are exported only after a new value. They are here what they are in OpenTelemetry's own exporters.
 */
const DELTA_KINDS: Readonly<Record<OtlpConfiguration['temporality'], readonly Kind[]>> = {
  cumulative: [],
  delta: ['COUNTER', 'HISTOGRAM', 'GAUGE', 'OBSERVABLE_COUNTER', 'OBSERVABLE_GAUGE'],
  lowmemory: ['COUNTER', 'HISTOGRAM'],
}

/** Returns the temporality in which a kind of instrument is exported. */
export const temporalityOf = (kind: Kind, preference: OtlpConfiguration['temporality']): AggregationTemporality =>
  DELTA_KINDS[preference].includes(kind) ? DELTA : CUMULATIVE
