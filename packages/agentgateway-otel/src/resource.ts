import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'

/** The default of the semantic conventions; the SDK's own has the path by which Node.js was called. */
const UNNAMED = 'unknown_service:node'

/**
 * What this process is called: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, as OpenTelemetry reads them. The
 * service's name is also there as `gateway`, the constant label of all metrics.
 */
export function createResource(): Resource {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': UNNAMED }))
    .merge(detectResources({ detectors: [envDetector] }))
  return resource.merge(resourceFromAttributes({ gateway: resource.attributes['service.name'] ?? UNNAMED }))
}
