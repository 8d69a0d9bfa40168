import { DEFAULT_METRICS, LABEL_SETS } from '@agentgateway-otel/metrics'
import { markdownTable } from './marked-section.ts'

/** Returns a table of the buckets of each histogram among the default metrics. */
export function bucketsTable(): string {
  const rows = DEFAULT_METRICS.flatMap((metric) =>
    metric.kind === 'histogram' ? [[`\`${metric.name}\``, metric.buckets.join(', ')]] : [],
  )
  return markdownTable([['histogram', 'buckets'], ...rows])
}

/** Returns a table of the labels whose values come from outside, with how many values of what length are kept. */
export function boundsTable(): string {
  const bounds = new Map(
    Object.values(LABEL_SETS).flatMap((labels) =>
      labels.flatMap(([label, bound]) => ('maxValues' in bound ? [[label, bound] as const] : [])),
    ),
  )
  const rows = [...bounds].map(([label, { maxValues, maxLength }]) => [
    `\`${label}\``,
    maxValues.toLocaleString('en'),
    String(maxLength),
  ])
  return markdownTable([['label', 'distinct values', 'characters of a value'], ...rows])
}
