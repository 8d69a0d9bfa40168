import { detectResources, type Resource, type ResourceDetector } from '@opentelemetry/resources'

/** The attributes of a resource, by their names in OpenTelemetry's semantic conventions. */
export type ResourceAttributes = Resource['attributes']

/** How long the first export waits for a detector. */
const MAX_WAIT_MS = 1000

/** Command lines often have passwords and tokens, which a collector is not to get unless somebody asks for them. */
const COMMAND_LINE: ReadonlySet<string> = new Set(['process.command', 'process.command_args', 'process.command_line'])

/**
 * The detector of containers takes whatever looks hexadecimal at the end of a control group's path, such as the `a` of
 * `0::/a`.
 */
const CONTAINER_ID = /^[\da-f]{64}$/

const isValid = (name: string, value: unknown) =>
  value !== '' && (name !== 'container.id' || CONTAINER_ID.test(String(value)))

/**
 * Runs resource detectors, and returns what they find, but for the command line. Of a detector that throws there is
 * nothing, and of one that does not end within `waitMs` what it had at once. The promise is never rejected.
 */
export async function detectAttributes(
  detectors: readonly ResourceDetector[],
  waitMs = MAX_WAIT_MS,
): Promise<ResourceAttributes> {
  const detected = await Promise.all(detectors.map((detector) => attributesOf(detector, waitMs)))
  const entries = detected.flatMap((attributes) => Object.entries(attributes))
  return Object.fromEntries(entries.filter(([name, value]) => isValid(name, value) && !COMMAND_LINE.has(name)))
}

async function attributesOf(detector: ResourceDetector, waitMs: number): Promise<ResourceAttributes> {
  const resource = detectResources({ detectors: [detector] })
  if (resource.asyncAttributesPending) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, waitMs)
    await Promise.race([resource.waitForAsyncAttributes?.(), promise])
    clearTimeout(timer)
  }
  return resource.attributes
}

/** Returns the resource with further attributes, which come after its own. */
export const withAttributes = (resource: Resource, attributes: ResourceAttributes): Resource =>
  // The serializers read a resource's attributes and its schema's URL, when all attributes are known.
  Object.create(resource, { attributes: { value: { ...attributes, ...resource.attributes } } })
