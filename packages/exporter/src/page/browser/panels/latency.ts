import { count, seconds } from '../../../reading/format.ts'
import { boundsOf, bucketsOf, only, sumOf } from '../../../reading/query.ts'
import { lastOf, QUANTILES, quantileLines, quantileOf } from '../lines.ts'
import type { Line, Panel } from '../panel.ts'

/** Creates a panel with the percentiles of a histogram of durations. @param name the metric's */
export function latencyPanel(id: string, title: string, { name }: { readonly name: string }): Panel {
  const query = sumOf(name)
  return {
    id,
    title,
    metrics: [name],
    queries: [query],
    view(history, families) {
      const bounds = boundsOf(name, families)
      const highest = bounds.at(-2)
      // Of what is in the last bucket, only the lower bound is known.
      const format = (value: number) => (value === highest ? `>${seconds(value)}` : seconds(value))
      const lines = quantileLines(history, query, bounds)
      const latest = history.latest(query)
      const numbers = only(latest) ?? []
      const { counts, sum } = bucketsOf(numbers)
      const total = counts.at(-1) ?? 0
      return {
        figures: [
          { value: format(lastOf(lines[1] as Line)), label: 'p95 now' },
          { value: seconds(sum / total), label: 'mean' },
          { value: count(total), label: 'in total' },
        ],
        chart: { kind: 'lines', title: `${title}: percentiles over 30 seconds`, lines, format: seconds },
        table: {
          columns: ['Percentile', 'Now', 'Since the start'],
          rows: QUANTILES.map(({ name, quantile, tone }, i) => ({
            tone,
            names: [name],
            cells: [format(lastOf(lines[i] as Line)), format(quantileOf(latest, bounds, quantile))],
          })),
        },
      }
    },
  }
}
