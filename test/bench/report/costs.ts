import type { Rounds } from '../race.ts'
import { BARE, OURS } from '../variants/index.ts'
import { summarizeAdded, summarizeAddedRatio, summarizeRatio } from './ratios.ts'
import { summarize } from './statistics.ts'
import { formatNumber, formatSummary, formatTable } from './table.ts'

/** The costs of requests by contestant: CPU, the CPU added to the bare app, and our addition in proportion to the contestant's. */
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
  const head = ['', 'CPU, µs', 'added, µs', 'CPU, to bare', 'ours adds, to what this adds', 'throughput, to bare']
  return formatTable(head, rows)
}
