import type { Rounds } from '../side-by-side.ts'
import { BARE, OURS } from '../variants/index.ts'
import { summarizeAdded, summarizeAddedRatio, summarizeRatio } from './ratios.ts'
import { summarize } from './statistics.ts'
import { formatNumber, formatSummary, formatTable } from './table.ts'

/** Returns a table of what a request costs each variant, and of what ours adds relative to what each other one adds. */
export function formatCosts({ cpuMicroseconds = {}, requestsPerSecond = {} }: Record<string, Rounds>): string {
  const rows = Object.entries(cpuMicroseconds).map(([name, rounds]) => [
    name,
    formatNumber(summarize(rounds).median, 1),
    name === BARE.name ? '' : formatSummary(summarizeAdded(cpuMicroseconds, name), 1),
    name === BARE.name ? '' : formatSummary(summarizeRatio(cpuMicroseconds, name), 2),
    name === BARE.name || name === OURS.name || !(OURS.name in cpuMicroseconds)
      ? ''
      : formatSummary(summarizeAddedRatio(cpuMicroseconds, name), 2),
    formatSummary(summarizeRatio(requestsPerSecond, name), 2),
  ])
  const head = [
    'variant',
    'CPU, µs',
    'added, µs',
    'CPU, relative to bare',
    'added by ours, relative to this',
    'throughput, relative to bare',
  ]
  return formatTable(head, rows)
}
