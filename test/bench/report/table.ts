import type { Summary } from './statistics.ts'

/** A table in Markdown, with its columns aligned so that it can be read as it is. The first column holds names. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width))).join(' | ')} |`
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [head, rule, ...rows].map(line).join('\n')
}

export const formatNumber = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** The median, with the middle half of the measurements. */
export const formatSummary = ({ median, lower, upper }: Summary, digits: number): string =>
  `${formatNumber(median, digits)} (${formatNumber(lower, digits)} to ${formatNumber(upper, digits)})`
