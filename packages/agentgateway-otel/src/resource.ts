import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources'

/**
 * Returns the resource of this process. Its attribute `gateway`, the constant label of all metrics, is the service's
 * name.
 *
 * @param name the service's name
 * @param attributes those that the environment gives.
 * @param withInstance whether it has a random `service.instance.id`, unless the environment gives one. Each process of
 *   an app sends its own numbers by OTLP, and a collector takes what has one identity for one sequence.
 */
export function createResource(
  name: string,
  attributes: Readonly<Record<string, string>>,
  withInstance: boolean,
): Resource {
  const instance = withInstance ? { 'service.instance.id': crypto.randomUUID() } : {}
  return defaultResource().merge(
    resourceFromAttributes({ ...instance, ...attributes, 'service.name': name, gateway: name }),
  )
}
