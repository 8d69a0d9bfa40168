import type {
  AggregationTemporality,
  DataPoint,
  DataPointType,
  Histogram,
  MetricData,
} from '@opentelemetry/sdk-metrics'

/**
 * The metrics of a process that the table does not have are kept in its snapshot as JSON. Unlike those of the table
 * they are not added up: a scrape shows them process by process, as long as the process is connected.
 *
 * @module
 */

const MAX_BYTES = 4 * 1024 * 1024
const MAX_METRICS = 500
const MAX_POINTS = 10_000
const MAX_TEXT_LENGTH = 4096
const MAX_ATTRIBUTES = 64
const MAX_BUCKETS = 256

// These are the SDK's values, because loading the SDK would slow down every start.
const HISTOGRAM = 0 as DataPointType.HISTOGRAM
const GAUGE = 2 as DataPointType.GAUGE
const SUM = 3 as DataPointType.SUM
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE
const DOUBLE = 1 as MetricData['descriptor']['valueType']

type Time = DataPoint<unknown>['endTime']

/** The time that is not known. */
const NO_TIME: Time = [0, 0]

/** @returns no bytes where there are no metrics, or where they would be too large. */
export function encodeOthers(metrics: readonly MetricData[]): Uint8Array {
  if (metrics.length === 0) return new Uint8Array()
  const kept = metrics.map((metric) => ({
    ...metric,
    dataPoints: metric.dataPoints.map(({ attributes, value, startTime }) => ({ attributes, value, startTime })),
  }))
  const bytes = Buffer.from(JSON.stringify(kept))
  return bytes.length > MAX_BYTES ? new Uint8Array() : bytes
}

/**
 * Decodes metrics that another process has written. What is invalid, or out of bounds, is left out.
 *
 * @throws SyntaxError where the bytes are not JSON.
 */
export function decodeOthers(bytes: Uint8Array): MetricData[] {
  if (bytes.length === 0 || bytes.length > MAX_BYTES) return []
  const metrics: unknown = JSON.parse(Buffer.from(bytes).toString())
  if (!Array.isArray(metrics)) return []
  return metrics.slice(0, MAX_METRICS).flatMap((metric) => decodeMetric(metric) ?? [])
}

function decodeMetric(metric: unknown): MetricData | undefined {
  if (!isObject(metric) || !isObject(metric.descriptor) || !Array.isArray(metric.dataPoints)) return undefined
  const { name, description, unit } = metric.descriptor
  if (!isText(name) || !isText(description) || !isText(unit)) return undefined
  const dataPoints = metric.dataPoints.slice(0, MAX_POINTS).flatMap((point) => decodePoint(point) ?? [])
  const descriptor = { name, description, unit, valueType: DOUBLE }
  const numbers = dataPoints.filter((point): point is DataPoint<number> => typeof point.value === 'number')
  const histograms = dataPoints.filter((point): point is DataPoint<Histogram> => typeof point.value !== 'number')
  const common = { descriptor, aggregationTemporality: CUMULATIVE }
  switch (metric.dataPointType) {
    case HISTOGRAM:
      return { ...common, dataPointType: HISTOGRAM, dataPoints: histograms }
    case GAUGE:
      return { ...common, dataPointType: GAUGE, dataPoints: numbers }
    case SUM:
      return { ...common, dataPointType: SUM, dataPoints: numbers, isMonotonic: metric.isMonotonic === true }
    default:
      return undefined
  }
}

function decodePoint(point: unknown): DataPoint<number | Histogram> | undefined {
  if (!isObject(point) || !isObject(point.attributes) || !areInBounds(point.attributes)) return undefined
  const value = isNumber(point.value) ? point.value : decodeHistogram(point.value)
  if (value === undefined) return undefined
  return {
    attributes: point.attributes as DataPoint<unknown>['attributes'],
    value,
    startTime: isTime(point.startTime) ? point.startTime : NO_TIME,
    // The text has no time at which a sample was taken.
    endTime: NO_TIME,
  }
}

function decodeHistogram(value: unknown): Histogram | undefined {
  if (!isObject(value) || !isObject(value.buckets) || !isNumber(value.count)) return undefined
  const { boundaries, counts } = value.buckets
  if (!isNumbers(boundaries) || !isNumbers(counts) || counts.length !== boundaries.length + 1) return undefined
  const isAscending = boundaries.every((bound, i) => i === 0 || bound > (boundaries[i - 1] as number))
  const count = counts.reduce((sum, bucket) => sum + bucket, 0)
  if (!isAscending || counts.some((bucket) => bucket < 0) || count !== value.count) return undefined
  return { buckets: { boundaries, counts }, count, ...(isNumber(value.sum) && { sum: value.sum }) }
}

function areInBounds(attributes: object): boolean {
  const entries = Object.entries(attributes)
  return entries.length <= MAX_ATTRIBUTES && entries.every((entry) => JSON.stringify(entry).length <= MAX_TEXT_LENGTH)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT_LENGTH

const isNumber = (value: unknown): value is number => Number.isFinite(value)

const isTime = (value: unknown): value is Time =>
  isNumbers(value) && value.length === 2 && value.every((part) => Number.isSafeInteger(part) && part >= 0)

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= MAX_BUCKETS && value.every(isNumber)
