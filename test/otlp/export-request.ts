import type { Sample } from '../harness/prometheus-text.ts'

/** What a collector receives by OTLP. Decoders of the formats differ in how they write 64-bit numbers. */
export interface ExportRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[]
  }[]
}

export interface KeyValue {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: unknown }
}

export interface OtlpMetric {
  readonly name: string
  readonly unit: string
  readonly sum?: Aggregated<NumberPoint> & { readonly isMonotonic?: boolean }
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] }
  readonly histogram?: Aggregated<HistogramPoint>
  readonly exponentialHistogram?: Aggregated<ExponentialPoint>
}

interface Aggregated<P> {
  /** The enum's name, or its number from the decoder of JSON. */
  readonly aggregationTemporality?: string | number
  readonly dataPoints: readonly P[]
}

interface Point {
  readonly attributes: readonly KeyValue[]
}

interface NumberPoint extends Point {
  readonly asDouble?: number
  readonly asInt?: unknown
}

interface HistogramPoint extends Point {
  readonly count?: unknown
  readonly sum?: number
  readonly bucketCounts: readonly unknown[]
  readonly explicitBounds: readonly number[]
}

/** Of what is zero or empty, the decoder has nothing. */
export interface ExponentialPoint extends Point {
  readonly count?: unknown
  readonly sum?: number
  readonly scale?: number
  readonly zeroCount?: unknown
  readonly positive?: { readonly offset?: number; readonly bucketCounts?: readonly unknown[] }
}

export const metricsOf = (request: ExportRequest): OtlpMetric[] =>
  request.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))

export const pointsOf = ({ sum, gauge, histogram, exponentialHistogram }: OtlpMetric): readonly Point[] =>
  (sum ?? gauge ?? histogram ?? exponentialHistogram)?.dataPoints ?? []

export function kindOf({ sum, histogram, exponentialHistogram }: OtlpMetric) {
  if (sum) return sum.isMonotonic === true ? 'monotonic sum' : 'sum'
  return histogram || exponentialHistogram ? 'histogram' : 'gauge'
}

/** The attributes as labels. Of what was not sent, one of the decoders has defaults, which are not the object's own. */
export const labelsOf = (attributes: readonly KeyValue[]) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      Object.hasOwn(value, 'intValue') ? String(value.intValue) : (value.stringValue ?? ''),
    ]),
  )

/** Returns the values of an export as the samples that a scrape has of the same series, if receivers leave names alone. */
export const samplesOf = (request: ExportRequest): Sample[] => metricsOf(request).flatMap(samplesOfMetric)

/** Returns the samples of one metric. Those of an exponential histogram have no buckets. */
export function samplesOfMetric({ name, sum, gauge, histogram, exponentialHistogram }: OtlpMetric): Sample[] {
  return [
    ...[...(sum?.dataPoints ?? []), ...(gauge?.dataPoints ?? [])].map((point) => ({
      name,
      labels: labelsOf(point.attributes),
      value: Number(Object.hasOwn(point, 'asInt') ? point.asInt : point.asDouble),
    })),
    ...(histogram?.dataPoints ?? []).flatMap((point) => histogramSamples(name, point)),
    ...(exponentialHistogram?.dataPoints ?? []).flatMap((point) => summarySamples(name, point)),
  ]
}

function histogramSamples(name: string, point: HistogramPoint): Sample[] {
  const labels = labelsOf(point.attributes)
  let below = 0
  const buckets = point.bucketCounts.map((count, i) => {
    below += Number(count)
    return {
      name: `${name}_bucket`,
      labels: { ...labels, le: String(point.explicitBounds[i] ?? '+Inf') },
      value: below,
    }
  })
  return [...buckets, ...summarySamples(name, point)]
}

function summarySamples(name: string, { attributes, sum, count }: HistogramPoint | ExponentialPoint): Sample[] {
  const labels = labelsOf(attributes)
  return [
    { name: `${name}_sum`, labels, value: Number(sum) },
    { name: `${name}_count`, labels, value: Number(count) },
  ]
}

/** Returns samples in a form that can be compared, in order. Labels that are empty are the same as none. */
export const comparable = (samples: Iterable<Sample>): string[] =>
  Array.from(samples, ({ name, labels, value }) => {
    const present = Object.entries(labels).filter(([, text]) => text !== '')
    return `${name} ${JSON.stringify(present.sort())} ${value}`
  }).sort()
