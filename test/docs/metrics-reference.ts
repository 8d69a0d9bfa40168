import {
  LABEL_SETS,
  type LabelBound,
  type LabelSetName,
  METRICS,
  type MetricDefinition,
  type MetricKey,
} from '@agentgateway-otel/metrics'
import { LABEL_MEANINGS } from './label-meanings.ts'
import { markdownTable } from './marked-section.ts'
import { EXAMPLE_LABELS, EXAMPLES, OTHER_EXAMPLE_LABELS } from './metric-examples.ts'

const ALL = Object.entries(METRICS) as readonly (readonly [MetricKey, MetricDefinition])[]

/** The first part of the name of a label set says what its metrics are of. */
type Subject = 'http' | 'connection' | 'mcp' | 'llm'

/** Returns the reference of the default metrics of one subject. */
export const defaultMetricsReference = (subject: Subject): string =>
  reference(ALL.filter(([, { group, labels }]) => group === undefined && labels.startsWith(subject)))

/** Returns the reference of the optional metrics of one group. */
export const groupReference = (group: string): string => reference(ALL.filter(([, metric]) => metric.group === group))

function reference(metrics: typeof ALL): string {
  return [...metrics.map(([key, metric]) => sectionOf(key, metric)), labelsTable(metrics)].join('\n\n')
}

function sectionOf(key: MetricKey, metric: MetricDefinition): string {
  const { kind, help, unit, labels } = metric
  const rows = [
    ['kind', kind],
    ['unit', unit === '' ? '' : `\`${unit}\``],
    ['labels', LABEL_SETS[labels].map(([label]) => `\`${prometheusName(label)}\``).join(', ')],
  ]
  if (metric.name.includes('.')) rows.unshift(['by OTLP', `\`${metric.name}\``])
  if (metric.kind === 'histogram') rows.push(['buckets', metric.buckets.join(', ')])
  return [
    `### ${familyName(metric)}`,
    help,
    markdownTable([['', ''], ...rows]),
    fenced('text', exampleSeries(key)),
    `${EXAMPLES[key].gives}:`,
    fenced('promql', EXAMPLES[key].query),
  ].join('\n\n')
}

const fenced = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``

/** Returns a line of the exposition that has this metric; of a histogram, the bucket in the middle. */
export function exampleSeries(key: MetricKey): string {
  const metric: MetricDefinition = METRICS[key]
  const values: Readonly<Record<string, string>> = OTHER_EXAMPLE_LABELS[key] ?? EXAMPLE_LABELS[metric.labels]
  const labels = LABEL_SETS[metric.labels].flatMap(([label, bound]: readonly [string, LabelBound]) =>
    values[label] === '' && bound.isOptional ? [] : [[prometheusName(label), values[label]]],
  )
  labels.push(['gateway', 'shop'])
  if (metric.kind === 'histogram') labels.push(['le', String(metric.buckets[metric.buckets.length >> 1])])
  const suffix = metric.kind === 'histogram' ? '_bucket' : ''
  const text = labels.map(([name, value]) => `${name}="${value}"`).join(',')
  return `${familyName(metric)}${suffix}{${text}} ${EXAMPLES[key].value}`
}

/** Returns the metric's name in a scrape. Names of OpenTelemetry's conventions get the suffixes that Prometheus wants. */
export function familyName({ name, kind, unit }: MetricDefinition): string {
  if (!name.includes('.')) return name
  return `${prometheusName(name)}${unit === 's' ? '_seconds' : ''}${kind === 'counter' ? '_total' : ''}`
}

/** Returns the name with underscores in place of the dots of OpenTelemetry's conventions. */
const prometheusName = (name: string) => name.replaceAll('.', '_')

/** Returns a table of the labels that any of these metrics has, each with what it means and which values there are. */
function labelsTable(metrics: typeof ALL): string {
  const rows = new Map<string, readonly string[]>()
  for (const [, { labels }] of metrics) {
    for (const [label, bound] of LABEL_SETS[labels]) {
      const row = [`\`${prometheusName(label)}\``, meaningOf(labels, label), valuesOf(bound)]
      rows.set(row.join(), row)
    }
  }
  return markdownTable([['label', 'what it means', 'its values'], ...rows.values()])
}

const meaningOf = (set: LabelSetName, label: string): string =>
  (LABEL_MEANINGS[set] as Readonly<Record<string, string>>)[label] ?? ''

function valuesOf(bound: LabelBound): string {
  const values = 'values' in bound ? closedValues(bound.values) : openValues(bound)
  return bound.isOptional ? `${values}, or absent` : values
}

const openValues = ({ maxValues, maxLength }: { maxValues: number; maxLength: number }) =>
  `up to ${maxValues.toLocaleString('en')}, each of up to ${maxLength} characters`

function closedValues(values: readonly string[]): string {
  const code = (value: string | undefined) => (value === '' ? 'empty' : `\`${value}\``)
  if (values.length > 100) return `${code(values[0])} to ${code(values.at(-1))}`
  return values.map(code).join(', ')
}
