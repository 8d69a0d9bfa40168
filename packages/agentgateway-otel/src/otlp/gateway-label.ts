import type { DataPoint, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { MetricsSerializer } from './protocols.ts'

type Attributes = DataPoint<unknown>['attributes']

/**
 * Returns a serializer that makes the resource's attribute `gateway` an attribute of every point. Receivers such as
 * Prometheus keep a resource's attributes apart from its series, where no query for `gateway` would find them.
 *
 * The resource is sent without it: receivers that make labels of a resource's attributes would have the label twice,
 * and join, reject or choose between the two. `service.name` says the same there.
 */
export function labelPoints({ serializeRequest, deserializeResponse }: MetricsSerializer): MetricsSerializer {
  /** A series has one attributes object, the same in every export, so that its copy with the label is made once. */
  const labelledByAttributes = new WeakMap<Attributes, Attributes>()

  function labelled(attributes: Attributes, gateway: string): Attributes {
    const known = labelledByAttributes.get(attributes)
    if (known !== undefined) return known
    const { gateway: own, ...others } = attributes
    // A point's own attribute gets the name that it has in a scrape, where Prometheus renames it like this too.
    const copy = own === undefined ? { ...others, gateway } : { ...others, exported_gateway: own, gateway }
    labelledByAttributes.set(attributes, copy)
    return copy
  }

  function labelledMetric(metric: MetricData, gateway: string): MetricData {
    const dataPoints = (metric.dataPoints as DataPoint<unknown>[]).map((point) => ({
      ...point,
      attributes: labelled(point.attributes, gateway),
    }))
    return { ...metric, dataPoints } as MetricData
  }

  function labelledMetrics({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics {
    const { gateway, ...attributes } = resource.attributes
    if (gateway === undefined) return { resource, scopeMetrics }
    return {
      // The serializers read a resource's attributes and its schema's URL, when all attributes are known.
      resource: Object.create(resource, { attributes: { value: attributes } }),
      scopeMetrics: scopeMetrics.map((scoped) => ({
        ...scoped,
        metrics: scoped.metrics.map((metric) => labelledMetric(metric, String(gateway))),
      })),
    }
  }

  return {
    serializeRequest: (metrics) => serializeRequest(labelledMetrics(metrics)),
    deserializeResponse,
  }
}
