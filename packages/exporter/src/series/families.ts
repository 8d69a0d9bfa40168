import {
  type Buckets,
  boundariesOf,
  LABEL_SETS,
  type LabelBound,
  METRICS,
  type MetricDefinition,
} from '@agentgateway-otel/metrics'
import type { FamilyHead } from '../text/series-lines.ts'

/** A metric of the table, as the formats and the rows of a series table need it. */
export interface Family extends FamilyHead {
  readonly labels: readonly (readonly [name: string, bound: LabelBound])[]
  /** A histogram's upper bounds without +Inf; empty for other kinds. */
  readonly buckets: readonly number[]
  /** Whether its value is always 1, so that the sum over several processes is 1 too. */
  readonly isInfo: boolean
  /** How many numbers one series has: one value, or a histogram's counts by bucket and its sum. */
  readonly width: number
}

function familyOf(metric: MetricDefinition, asked: Buckets | undefined): Family {
  const { name, help, kind, labels } = metric
  const buckets = metric.kind === 'histogram' ? boundariesOf(metric, asked) : []
  const unit = /_(seconds|bytes)(?:_total)?$/.exec(name)?.[1] ?? ''
  const width = kind === 'histogram' ? buckets.length + 2 : 1
  return {
    name,
    help,
    kind,
    unit,
    labels: LABEL_SETS[labels],
    buckets,
    isInfo: metric.kind === 'gauge' && metric.isInfo === true,
    width,
  }
}

/** The families of the table by name, in the table's order. */
export type Families = ReadonlyMap<string, Family>

/** Creates the families of a process. @param buckets those of the histograms that do not have those of the table */
export const createFamilies = (buckets?: Buckets): Families =>
  new Map(
    Object.values(METRICS)
      // Names of OpenTelemetry's conventions are not Prometheus'. These metrics are written like those of other meters.
      .filter(({ name }) => !name.includes('.'))
      .map((metric) => [metric.name, familyOf(metric, buckets)]),
  )

/** The families as the table has them. */
export const FAMILIES: Families = createFamilies()
