import type { Summary } from './statistics.ts'

/**
 * Returns a table in Markdown, with aligned columns.
 *
 * @param texts how many columns, from the first on, hold text; the others hold numbers
 */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[], texts = 1): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const pad = (cell: string, i: number) => (i < texts ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))
  const line = (cells: readonly string[]) => `| ${widths.map((_, i) => pad(cells[i] ?? '', i)).join(' | ')} |`
  const rule = widths.map((width, i) => (i < texts ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [head, rule, ...rows].map(line).join('\n')
}

export const formatNumber = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** The median, with the middle half of the measurements if that differs. */
export function formatSummary(summary: Summary, digits: number): string {
  const [median, lower, upper] = [summary.median, summary.lower, summary.upper].map((value) =>
    formatNumber(value, digits),
  )
  return lower === upper ? `${median}` : `${median} (${lower} to ${upper})`
}
