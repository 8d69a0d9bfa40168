import { type Buckets, LABEL_SETS, type LabelBound, METRICS, type MetricDefinition } from '@agentgateway-otel/metrics'
import type { FamilyHead } from '../text/series-lines.ts'

/** A metric of the table, as the formats and the rows of a series table need it. */
export interface Family extends FamilyHead {
  readonly labels: readonly (readonly [name: string, bound: LabelBound])[]
  /** A histogram's upper bounds without +Inf; empty for other kinds. */
  readonly buckets: readonly number[]
  /** How many numbers one series has: one value, or a histogram's counts by bucket and its sum. */
  readonly width: number
}

const familyOf = ({ name, help, kind, labels, ...metric }: MetricDefinition, bounds?: readonly number[]): Family => {
  const buckets = 'buckets' in metric ? (bounds ?? metric.buckets) : []
  const unit = /_(seconds|bytes)(?:_total)?$/.exec(name)?.[1] ?? ''
  const width = kind === 'histogram' ? buckets.length + 2 : 1
  return { name, help, kind, unit, labels: LABEL_SETS[labels], buckets, width }
}

const families = new Map<string, Family>(Object.values(METRICS).map((metric) => [metric.name, familyOf(metric)]))

/** The families of the table by name, in the table's order. */
export const FAMILIES: ReadonlyMap<string, Family> = families

/** Sets the buckets of histograms for all endpoints of this process. It is called before the first one is created. */
export function setBuckets(buckets: Buckets): void {
  for (const metric of Object.values(METRICS)) {
    const bounds = (buckets as Readonly<Record<string, readonly number[] | undefined>>)[metric.name]
    if (bounds !== undefined) families.set(metric.name, familyOf(metric, bounds))
  }
}
