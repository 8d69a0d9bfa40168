import { problemWith } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

/**
 * The resource detectors by their names in `OTEL_NODE_RESOURCE_DETECTORS`: those of `@opentelemetry/sdk-node`, and
 * `container` of `@opentelemetry/auto-instrumentations-node`.
 */
export const RESOURCE_DETECTORS = ['container', 'env', 'host', 'os', 'process', 'serviceinstance'] as const
export type ResourceDetectorName = (typeof RESOURCE_DETECTORS)[number]

/** Parses a list of detectors. `all` and `none` stand for all and none of them, whatever else there is. */
export function parseResourceDetectors(text: string): Parsed<readonly ResourceDetectorName[]> | undefined {
  const items = [...new Set(itemsOf(text.toLowerCase()))]
  const known = items.filter(isDetector)
  const isWhole = items.includes('all') || items.includes('none')
  if (known.length === 0 && !isWhole) return undefined
  const unknown = items.filter((item) => item !== 'all' && item !== 'none' && !isDetector(item))
  const problems = problemWith(unknown, `this package has ${RESOURCE_DETECTORS.join(', ')}, all and none`)
  return { value: items.includes('all') ? RESOURCE_DETECTORS : items.includes('none') ? [] : known, problems }
}

const isDetector = (name: string): name is ResourceDetectorName =>
  (RESOURCE_DETECTORS as readonly string[]).includes(name)
