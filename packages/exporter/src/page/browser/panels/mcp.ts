import { METRICS } from '@agentgateway-otel/metrics'
import { count, number, percent } from '../../../reading/format.ts'
import { type Groups, run, splitKey, sumBy } from '../../../reading/query.ts'
import { gaugeLines, largest, rateLines, rateOf, SECONDS_PER_MINUTE, toneAt } from '../lines.ts'
import { lazyRows, type Panel } from '../panel.ts'

const BY_METHOD = sumBy(METRICS.mcpRequests.name, 'method')
const BY_METHOD_AND_STATUS = sumBy(METRICS.mcpRequests.name, 'method', 'status')
const BY_RESOURCE = sumBy(METRICS.mcpRequests.name, 'resource_type', 'resource')
const BY_RESOURCE_AND_STATUS = sumBy(METRICS.mcpRequests.name, 'resource_type', 'resource', 'status')
const SESSIONS = sumBy(METRICS.mcpSessionsActive.name, 'role', 'transport')

/** How many requests of each group failed, where the status is the last part of a group's key. */
function failures(groups: Groups): ReadonlyMap<string, number> {
  const failed = new Map<string, number>()
  for (const [key, [value = 0]] of groups) {
    const parts = splitKey(key)
    if (parts.at(-1) === 'error') failed.set(JSON.stringify(parts.slice(0, -1)), value)
  }
  return failed
}

const requests: Panel = {
  id: 'mcp-requests',
  title: 'Methods',
  metrics: [METRICS.mcpRequests.name],
  queries: [BY_METHOD],
  view(history, families) {
    const growth = history.latestGrowth(BY_METHOD)
    const groups = largest(history.latest(BY_METHOD))
    const failed = failures(run(BY_METHOD_AND_STATUS, families))
    const total = groups.reduce((sum, { value }) => sum + value, 0)
    const recent = groups.reduce((sum, { key }) => sum + rateOf(growth, key), 0)
    return {
      figures: [
        { value: number(SECONDS_PER_MINUTE * recent), label: 'per minute' },
        { value: count(total), label: 'in total' },
      ],
      chart: {
        kind: 'layers',
        title: 'MCP requests and notifications per minute, by method',
        lines: rateLines(history, BY_METHOD, { name: (key) => splitKey(key)[0] ?? '' }, SECONDS_PER_MINUTE),
        format: number,
      },
      table: {
        columns: ['Method', 'Per minute', 'Errors', 'Total'],
        rows: lazyRows(groups, ({ key, value }, i) => ({
          tone: groups.length <= 7 || i < 6 ? toneAt(i) : 'other',
          names: splitKey(key),
          cells: [
            number(SECONDS_PER_MINUTE * rateOf(growth, key)),
            percent((failed.get(key) ?? 0) / value),
            count(value),
          ],
        })),
      },
    }
  },
}

const sessions: Panel = {
  id: 'mcp-sessions',
  title: 'Sessions',
  metrics: [METRICS.mcpSessionsActive.name],
  queries: [SESSIONS],
  view(history) {
    const groups = largest(history.latest(SESSIONS))
    return {
      figures: [{ value: count(groups.reduce((sum, { value }) => sum + value, 0)), label: 'open' }],
      chart: {
        kind: 'layers',
        title: 'Open MCP sessions, by role and transport',
        lines: gaugeLines(history, SESSIONS, { name: (key) => splitKey(key).join(', ') }),
        format: number,
      },
      table: {
        columns: ['Role', 'Transport', 'Open'],
        rows: lazyRows(groups, ({ key, value }, i) => ({
          tone: toneAt(i),
          names: splitKey(key),
          cells: [count(value)],
        })),
      },
    }
  },
}

const resources: Panel = {
  id: 'mcp-resources',
  title: 'Tools and prompts',
  metrics: [METRICS.mcpRequests.name],
  queries: [],
  view(_history, families) {
    const failed = failures(run(BY_RESOURCE_AND_STATUS, families))
    const named = largest(run(BY_RESOURCE, families)).filter(({ key }) => splitKey(key)[1] !== '')
    return {
      figures: [],
      table: {
        columns: ['Name', 'Kind', 'Errors', 'Total'],
        rows: lazyRows(named, ({ key, value }) => {
          const [type = '', name = ''] = splitKey(key)
          return { names: [name, type], cells: [percent((failed.get(key) ?? 0) / value), count(value)] }
        }),
      },
    }
  },
}

export const MCP_PANELS: readonly Panel[] = [requests, sessions, resources]
