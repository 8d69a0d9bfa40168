import type { Family, HistogramSeries, Labels } from '@agentgateway-otel/exporter/reading'

/** A number; as a text where JSON has no such number. */
type JsonNumber = number | 'NaN' | '+Inf' | '-Inf'

/** A metric, as `metrics --json` writes it. The README documents it. */
export interface FamilyJson {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly (SampleJson | HistogramJson)[]
}

interface SampleJson {
  readonly labels: Readonly<Record<string, string>>
  readonly value: JsonNumber
}

interface HistogramJson {
  readonly labels: Readonly<Record<string, string>>
  readonly count: JsonNumber
  readonly sum: JsonNumber
  /** How many observations are at most `le`. */
  readonly buckets: readonly { readonly le: JsonNumber; readonly count: JsonNumber }[]
}

export function jsonOfFamily({ name, kind, help, samples, histograms }: Family): FamilyJson {
  return {
    name,
    type: kind,
    help,
    samples: [
      ...samples.map(({ labels, value }) => ({ labels: record(labels), value: jsonNumber(value) })),
      ...histograms.map(jsonOfHistogram),
    ],
  }
}

const jsonOfHistogram = ({ labels, count, sum, bounds, counts }: HistogramSeries): HistogramJson => ({
  labels: record(labels),
  count: jsonNumber(count),
  sum: jsonNumber(sum),
  buckets: bounds.map((bound, i) => ({ le: jsonNumber(bound), count: jsonNumber(counts[i] ?? Number.NaN) })),
})

const record = (labels: Labels): Readonly<Record<string, string>> => Object.fromEntries(labels)

function jsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
