import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'

/** The default of the semantic conventions; the SDK's own has the path by which Node.js was called. */
export const UNNAMED = 'unknown_service:node'

/**
 * What this process is called: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, as OpenTelemetry reads them. The
 * service's name is also there as `gateway`, the constant label of all metrics.
 *
 * @param withInstance whether it has a random `service.instance.id`, unless the environment gives one.
 */
export function createResource(withInstance: boolean): Resource {
  // By OTLP each process of an app sends its own numbers: what has one identity is one sequence to a collector.
  const instance = withInstance ? { 'service.instance.id': crypto.randomUUID() } : {}
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': UNNAMED, ...instance }))
    .merge(detectResources({ detectors: [envDetector] }))
  // `OTEL_RESOURCE_ATTRIBUTES=service.name=` gives an empty name, which Prometheus takes for no label.
  return resource.merge(resourceFromAttributes({ gateway: resource.attributes['service.name'] || UNNAMED }))
}
