import { readFileSync, writeFileSync } from 'node:fs'
import { LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import { markdownTable } from './markdown-table.ts'

/** The documents that show the table, between the marks `<!-- metrics… -->` and `<!-- /metrics -->`. */
export const DOCUMENTS = [
  new URL('../../README.md', import.meta.url),
  new URL('../../packages/agentgateway-otel/README.md', import.meta.url),
]

const MARKED = /(?<=<!-- metrics[^>]*-->\n)[\s\S]*?(?=<!-- \/metrics -->)/

/** The table of the eleven metrics in Markdown. */
export function metricsTable(): string {
  const rows = Object.values(METRICS).map(({ name, kind, labels, help }) => [
    `\`${name}\``,
    kind,
    LABEL_SETS[labels].map(([label]) => label).join(', '),
    help.replace(/\.$/, ''),
  ])
  return markdownTable([['metric', 'kind', 'labels', 'what it counts'], ...rows])
}

/** A document with the table as it is now. */
export function withMetricsTable(document: string): string {
  if (!MARKED.test(document)) throw new Error('no marks for the table of metrics')
  return document.replace(MARKED, metricsTable())
}

if (import.meta.main) {
  for (const url of DOCUMENTS) writeFileSync(url, withMetricsTable(readFileSync(url, 'utf8')))
}
