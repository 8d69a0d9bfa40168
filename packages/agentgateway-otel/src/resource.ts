import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'

/**
 * The service name that the semantic conventions give by default. The SDK's own default has the path of Node.js in it.
 */
export const UNNAMED = 'unknown_service:node'

/**
 * Returns the resource of this process, from `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` as OpenTelemetry reads
 * them. Its attribute `gateway`, the constant label of all metrics, is the service's name.
 *
 * @param withInstance whether it has a random `service.instance.id`, unless the environment gives one. Each process of
 *   an app sends its own numbers by OTLP, and a collector takes what has one identity for one sequence.
 */
export function createResource(withInstance: boolean): Resource {
  const instance = withInstance ? { 'service.instance.id': crypto.randomUUID() } : {}
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': UNNAMED, ...instance }))
    .merge(detectResources({ detectors: [envDetector] }))
  // `OTEL_RESOURCE_ATTRIBUTES=service.name=` gives an empty name, and to Prometheus an empty label is no label.
  return resource.merge(resourceFromAttributes({ gateway: resource.attributes['service.name'] || UNNAMED }))
}
