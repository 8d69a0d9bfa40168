import { METRICS } from '@agentgateway-otel/metrics'
import { count, number } from '../../../reading/format.ts'
import { splitKey, sumBy } from '../../../reading/query.ts'
import { gaugeLines, largest, rateOf, toneAt } from '../lines.ts'
import type { Panel } from '../panel.ts'

const OPEN = sumBy(METRICS.connectionsActive.name, 'bind', 'protocol')
const ACCEPTED = sumBy(METRICS.connections.name, 'bind', 'protocol')

const connections: Panel = {
  id: 'connections',
  title: 'Connections',
  metrics: [METRICS.connectionsActive.name, METRICS.connections.name],
  queries: [OPEN, ACCEPTED],
  view(history) {
    const open = history.latest(OPEN)
    const growth = history.latestGrowth(ACCEPTED)
    const accepted = largest(history.latest(ACCEPTED))
    // The colours are by the order of those that are open, as the chart has them.
    const places = largest(open).map(({ key }) => key)
    return {
      figures: [
        { value: count(places.reduce((sum, key) => sum + (open.get(key)?.[0] ?? 0), 0)), label: 'open' },
        { value: count(accepted.reduce((sum, { value }) => sum + value, 0)), label: 'accepted' },
      ],
      chart: {
        kind: 'layers',
        title: 'Open connections, by port and protocol',
        lines: gaugeLines(history, OPEN, { name: (key) => splitKey(key).join(' ') }),
        format: number,
      },
      table: {
        columns: ['Port', 'Protocol', 'Open', 'Per second', 'Accepted'],
        rows: accepted.map(({ key, value }) => ({
          tone: places.includes(key) ? toneAt(places.indexOf(key)) : undefined,
          names: splitKey(key),
          cells: [count(open.get(key)?.[0] ?? 0), number(rateOf(growth, key)), count(value)],
        })),
      },
    }
  },
}

export const CONNECTION_PANELS: readonly Panel[] = [connections]
