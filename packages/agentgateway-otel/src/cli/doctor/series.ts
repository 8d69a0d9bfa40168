import type { Families, Labels } from '@agentgateway-otel/exporter/reading'
import type { MetricKey } from '@agentgateway-otel/metrics'
import { METRICS } from '@agentgateway-otel/metrics'

/** One series of a counter. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** Returns the series of a counter or a gauge; none where the app has not counted anything yet. */
export const samplesOf = (families: Families | undefined, metric: MetricKey): readonly Sample[] =>
  families?.get(METRICS[metric].name)?.samples ?? []

/** Adds up series by the value of a label. The largest sums come first. */
export function sumsBy(label: string, samples: readonly Sample[]): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>()
  for (const { labels, value } of samples) {
    const key = labels.get(label) ?? ''
    sums.set(key, (sums.get(key) ?? 0) + value)
  }
  return [...sums].sort(([, a], [, b]) => b - a)
}

export const total = (samples: readonly Sample[]): number => samples.reduce((sum, { value }) => sum + value, 0)
