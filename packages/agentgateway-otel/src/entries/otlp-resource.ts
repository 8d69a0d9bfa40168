import { containerDetector } from '@opentelemetry/resource-detector-container'
import { hostDetector, osDetector, processDetector, type ResourceDetector } from '@opentelemetry/resources'
import type { ResourceDetectorName } from '../configuration/resource-detectors.ts'
import { detectAttributes, type ResourceAttributes } from '../otlp/detected-attributes.ts'

/**
 * The detectors by their names. `env` and `serviceinstance` are none of them: the resource has what the environment
 * gives, and an instance's id, in any case.
 */
const DETECTORS: Readonly<Partial<Record<ResourceDetectorName, ResourceDetector>>> = {
  container: containerDetector,
  host: hostDetector,
  os: osDetector,
  process: processDetector,
}

/** Detects further attributes of the resource. Where two detectors find one attribute, the later one counts. */
export const detectResource = (names: readonly ResourceDetectorName[]): Promise<ResourceAttributes> =>
  detectAttributes(names.flatMap((name) => DETECTORS[name] ?? []))
