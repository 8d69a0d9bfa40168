import { LABEL_SETS, type LabelBound, METRICS, type MetricDefinition } from '@agentgateway-otel/metrics'

/** A metric of the table, as Prometheus' text format and the rows of a series table need it. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly kind: MetricDefinition['kind']
  readonly labels: readonly (readonly [name: string, bound: LabelBound])[]
  /** A histogram's upper bounds without +Inf; empty for other kinds. */
  readonly buckets: readonly number[]
  /** How many numbers one series has: one value, or a histogram's counts by bucket and its sum. */
  readonly width: number
}

const familyOf = ({ name, help, kind, labels, ...metric }: MetricDefinition): Family => {
  const buckets = 'buckets' in metric ? metric.buckets : []
  return { name, help, kind, labels: LABEL_SETS[labels], buckets, width: kind === 'histogram' ? buckets.length + 2 : 1 }
}

/** The families of the table by name, in the table's order. */
export const FAMILIES: ReadonlyMap<string, Family> = new Map(
  Object.values(METRICS).map((metric) => [metric.name, familyOf(metric)]),
)
