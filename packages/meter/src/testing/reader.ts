import { AggregationTemporality, MetricReader } from '@opentelemetry/sdk-metrics'
import type { Point } from '../point.ts'

/** A reader that only collects when a test calls `collect`. */
export class TestReader extends MetricReader {
  override async onShutdown() {}
  override async onForceFlush() {}
}

export const deltaReader = () => new TestReader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA })

/** Collects, and returns the data points of each metric by its name. */
export async function collect(reader: MetricReader): Promise<Record<string, readonly Point[] | undefined>> {
  const { resourceMetrics } = await reader.collect()
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  return Object.fromEntries(metrics.map((metric) => [metric.descriptor.name, metric.dataPoints as Point[]]))
}

/** Collects, and returns the values of one metric by their attributes as JSON. */
export async function values(reader: MetricReader, name: string): Promise<Record<string, Point['value']>> {
  const points = (await collect(reader))[name] ?? []
  return Object.fromEntries(points.map(({ attributes, value }) => [JSON.stringify(attributes), value]))
}
