import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { type Finding, hint, well } from '../finding.ts'

export const noSeries: Finding = {
  code: 'no-series',
  summary: 'The app has no series yet: each appears with the first event that it counts',
  section: 'docs/troubleshooting.md#series-are-missing-or-their-labels-say-little',
  check({ endpoint: { families } }) {
    if (families === undefined) return []
    const hasSeries = DEFAULT_METRICS.some(({ name }) => {
      const { samples = [], histograms = [] } = families.get(name) ?? {}
      return samples.length + histograms.length > 0
    })
    return hasSeries
      ? [well('The app has counted something.')]
      : [hint('The app has no series yet: nothing has happened that it counts.', 'Send a request to the app first.')]
  },
}
