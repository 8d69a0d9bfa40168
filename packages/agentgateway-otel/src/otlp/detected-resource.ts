import { containerDetector } from '@opentelemetry/resource-detector-container'
import {
  type DetectedResourceAttributes,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  type ResourceDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import type { ResourceDetectorName } from '../configuration/resource-detectors.ts'

/** How long exports wait for an attribute. */
const MAX_WAIT_MS = 1000

/** What the environment says, and the id of the instance, are always part of the resource. */
const DETECTORS: Readonly<Partial<Record<ResourceDetectorName, ResourceDetector>>> = {
  host: hostDetector,
  os: osDetector,
  process: processDetector,
  container: containerDetector,
}

/** The attributes that are left out, because command lines may have passwords and keys. */
const SECRET: ReadonlySet<string> = new Set(['process.command', 'process.command_args', 'process.command_line'])

/** The container detector takes any last part of a control group's path that looks hexadecimal, such as `/a`. */
const CONTAINER_ID = /^[\da-f]{64}$/

/**
 * Adds to a resource what the detectors find. The resource's own attributes come before theirs, and later detectors
 * before earlier ones, as in OpenTelemetry's SDK. Some attributes are known later; exports wait for them.
 */
export function withDetected(resource: Resource, detectors: readonly ResourceDetectorName[]): Resource {
  const found = detectors.map((name) => resourceFromAttributes(detect(DETECTORS[name])))
  return [...found, resource].reduce((merged, next) => merged.merge(next), resourceFromAttributes({}))
}

function detect(detector: ResourceDetector | undefined): DetectedResourceAttributes {
  try {
    const entries = Object.entries(detector?.detect().attributes ?? {}).filter(([key]) => !SECRET.has(key))
    return Object.fromEntries(entries.map(([key, value]) => [key, isPromise(value) ? settle(key, value) : value]))
  } catch {
    return {}
  }
}

type Value = Exclude<DetectedResourceAttributes[string], Promise<unknown>>

const isPromise = (value: Value | PromiseLike<Value>): value is PromiseLike<Value> =>
  typeof value === 'object' && value !== null && 'then' in value

/** Waits for a value, and leaves out one that comes too late, fails or is not what it should be. */
async function settle(key: string, value: PromiseLike<Value>): Promise<Value> {
  const { promise: tooLate, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => resolve(undefined), MAX_WAIT_MS)
  try {
    const settled = await Promise.race([value, tooLate])
    return settled === '' || (key === 'container.id' && !CONTAINER_ID.test(String(settled))) ? undefined : settled
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
