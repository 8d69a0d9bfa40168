import { unpatchedFs } from '@agentgateway-otel/processes'
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { Configuration } from './configuration/configuration.ts'

/**
 * The service name that the semantic conventions give by default. The SDK's own default has the path of Node.js in it.
 */
export const UNNAMED = 'unknown_service:node'

export interface ResourceOptions extends Pick<Configuration, 'serviceName' | 'resourceAttributes'> {
  /** The name of the app's package, which names a service that the configuration does not name. */
  readonly packageName: string | undefined
  /**
   * Whether it has a random `service.instance.id`, unless the configuration gives one. Each process of an app sends its
   * own numbers by OTLP, and a collector takes what has one identity for one sequence.
   */
  readonly hasInstance: boolean
}

/**
 * Returns the resource of this process as it is configured. Its attribute `gateway`, the constant label of all metrics,
 * is the service's name.
 */
export function createResource(options: ResourceOptions): Resource {
  const name = configuredName(options) ?? options.packageName ?? UNNAMED
  const instance = options.hasInstance ? { 'service.instance.id': randomId() } : {}
  return defaultResource().merge(
    resourceFromAttributes({ ...instance, ...options.resourceAttributes, 'service.name': name, gateway: name }),
  )
}

/**
 * Returns a random UUID. Linux makes one for whoever reads this file; loading Node's `crypto` would take two milliseconds.
 */
function randomId(): string {
  try {
    return unpatchedFs.readFileSync('/proc/sys/kernel/random/uuid', 'latin1').trim()
  } catch {
    return crypto.randomUUID()
  }
}

/**
 * Returns the service's name where the configuration has one. The name of the app's package is none: other apps, or
 * other copies of the app, may have the same.
 */
export function configuredName({
  serviceName,
  resourceAttributes,
}: Pick<Configuration, 'serviceName' | 'resourceAttributes'>): string | undefined {
  // `OTEL_RESOURCE_ATTRIBUTES=service.name=` gives an empty name, and to Prometheus an empty label is no label.
  const name = serviceName ?? resourceAttributes['service.name']
  return name === '' || name === UNNAMED ? undefined : name
}
