import { AggregationTemporality, type DataPoint, type Histogram, MetricReader } from '@opentelemetry/sdk-metrics'

/** A reader that only collects when it is told. */
export class TestReader extends MetricReader {
  override async onShutdown() {}
  override async onForceFlush() {}
}

export const deltaReader = () => new TestReader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA })

export type Point = DataPoint<number | Histogram>

/** The points of each metric that a collection has. */
export async function collect(reader: MetricReader): Promise<Record<string, readonly Point[] | undefined>> {
  const { resourceMetrics } = await reader.collect()
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  return Object.fromEntries(metrics.map((metric) => [metric.descriptor.name, metric.dataPoints as Point[]]))
}

/** The values of one metric, by the attributes written as JSON. */
export async function values(reader: MetricReader, name: string): Promise<Record<string, Point['value']>> {
  const points = (await collect(reader))[name] ?? []
  return Object.fromEntries(points.map(({ attributes, value }) => [JSON.stringify(attributes), value]))
}
