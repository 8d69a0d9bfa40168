import { DEFAULT_METRICS, LABEL_SETS, type MetricDefinition, OPTIONAL_METRICS } from '@agentgateway-otel/metrics'
import { markdownTable } from './marked-section.ts'

type Column = readonly [title: string, cellOf: (metric: MetricDefinition) => string]

const GROUP: Column = ['group', ({ group = '' }) => `\`${group}\``]

const COLUMNS: readonly Column[] = [
  ['metric', ({ name }) => `\`${name}\``],
  ['kind', ({ kind }) => kind],
  ['labels', ({ labels }) => LABEL_SETS[labels].map(([label]) => label).join(', ')],
  ['what it counts', ({ help }) => help.replace(/\.$/, '')],
]

/** Returns the table of the default metrics in Markdown. */
export const defaultMetricsTable = (): string => tableOf(DEFAULT_METRICS, COLUMNS)

/** Returns the table of the optional metrics in Markdown, with their groups. */
export const optionalMetricsTable = (): string => tableOf(OPTIONAL_METRICS, [GROUP, ...COLUMNS])

const tableOf = (metrics: readonly MetricDefinition[], columns: readonly Column[]) =>
  markdownTable([
    columns.map(([title]) => title),
    ...metrics.map((metric) => columns.map(([, cellOf]) => cellOf(metric))),
  ])
