import { readFileSync, writeFileSync } from 'node:fs'
import { DEFAULT_METRICS, LABEL_SETS, type MetricDefinition, OPTIONAL_METRICS } from '@agentgateway-otel/metrics'

/** The documents that show the table of the default metrics, and some of them the table of the optional ones. */
export const DOCUMENTS = [
  new URL('../../README.md', import.meta.url),
  new URL('../../packages/agentgateway-otel/README.md', import.meta.url),
]

/** The text between `<!-- metrics… -->` and `<!-- /metrics -->`. */
const DEFAULT_TABLE = /(?<=<!-- metrics[^>]*-->\n)[\s\S]*?(?=<!-- \/metrics -->)/

/** The text between `<!-- optional metrics… -->` and `<!-- /optional metrics -->`. */
const OPTIONAL_TABLE = /(?<=<!-- optional metrics[^>]*-->\n)[\s\S]*?(?=<!-- \/optional metrics -->)/

type Column = readonly [title: string, cellOf: (metric: MetricDefinition) => string]

const GROUP: Column = ['group', ({ group = '' }) => `\`${group}\``]

const COLUMNS: readonly Column[] = [
  ['metric', ({ name }) => `\`${name}\``],
  ['kind', ({ kind }) => kind],
  ['labels', ({ labels }) => LABEL_SETS[labels].map(([label]) => label).join(', ')],
  ['what it counts', ({ help }) => help.replace(/\.$/, '')],
]

/** A table in Markdown with a row for each metric; nothing without a metric. */
function tableOf(metrics: readonly MetricDefinition[], columns: readonly Column[]): string {
  if (metrics.length === 0) return ''
  const rows = [
    columns.map(([title]) => title),
    ...metrics.map((metric) => columns.map(([, cellOf]) => cellOf(metric))),
  ]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return `\n${[line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')}\n\n`
}

/** Returns a document with the tables as they are now. */
export function withMetricsTables(document: string): string {
  if (!DEFAULT_TABLE.test(document)) throw new Error('the document has no marks for the table of the default metrics')
  return document
    .replace(DEFAULT_TABLE, tableOf(DEFAULT_METRICS, COLUMNS))
    .replace(OPTIONAL_TABLE, tableOf(OPTIONAL_METRICS, [GROUP, ...COLUMNS]))
}

if (import.meta.main) {
  for (const url of DOCUMENTS) writeFileSync(url, withMetricsTables(readFileSync(url, 'utf8')))
}
