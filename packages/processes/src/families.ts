import { LABEL_SETS, type LabelBound, METRICS, type MetricDefinition } from '@agentgateway-otel/metrics'

/** A metric of the table, as its series lie in a row of numbers. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly kind: MetricDefinition['kind']
  readonly labels: readonly (readonly [name: string, bound: LabelBound])[]
  /** Upper bounds of a histogram's buckets, without the infinite one. */
  readonly buckets: readonly number[]
  /** How many numbers a series has: the value, or a histogram's counts by bucket and after them the sum. */
  readonly width: number
}

const familyOf = ({ name, help, kind, labels, ...metric }: MetricDefinition): Family => {
  const buckets = 'buckets' in metric ? metric.buckets : []
  return { name, help, kind, labels: LABEL_SETS[labels], buckets, width: kind === 'histogram' ? buckets.length + 2 : 1 }
}

/** By name, in the table's order. */
export const FAMILIES: ReadonlyMap<string, Family> = new Map(
  Object.values(METRICS).map((metric) => [metric.name, familyOf(metric)]),
)
