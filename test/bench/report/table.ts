import type { Summary } from './statistics.ts'

/**
 * Returns a table in Markdown, with aligned columns so that its source is readable too.
 *
 * @param textColumns how many columns, counted from the first, hold text; the others hold numbers
 */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[], textColumns = 1): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const pad = (cell: string, i: number) =>
    i < textColumns ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  const line = (cells: readonly string[]) => `| ${widths.map((_, i) => pad(cells[i] ?? '', i)).join(' | ')} |`
  const rule = widths.map((width, i) => (i < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [head, rule, ...rows].map(line).join('\n')
}

export const formatNumber = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Formats the median, followed by the ends of the middle half unless they are equal. */
export function formatSummary(summary: Summary, digits: number): string {
  const [median, lower, upper] = [summary.median, summary.lower, summary.upper].map((value) =>
    formatNumber(value, digits),
  )
  return lower === upper ? `${median}` : `${median} (${lower} to ${upper})`
}
