import { LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import { markdownTable } from './marked-section.ts'

/** Returns the table of metrics in Markdown. */
export function metricsTable(): string {
  const rows = Object.values(METRICS).map(({ name, kind, labels, help }) => [
    `\`${name}\``,
    kind,
    LABEL_SETS[labels].map(([label]) => label).join(', '),
    help.replace(/\.$/, ''),
  ])
  return markdownTable([['metric', 'kind', 'labels', 'what it counts'], ...rows])
}
