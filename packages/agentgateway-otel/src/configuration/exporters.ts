import { problemWith } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

export type ExporterName = 'prometheus' | 'otlp'

const isExporterName = (name: string): name is ExporterName => name === 'prometheus' || name === 'otlp'

/** Parses a list of exporters. `none` is an empty list, whatever else there is. */
export function parseExporters(text: string): Parsed<readonly ExporterName[]> | undefined {
  const items = itemsOf(text.toLowerCase())
  const exporters = items.filter(isExporterName)
  const hasNone = items.includes('none')
  if (exporters.length === 0 && !hasNone) return undefined
  const unknown = items.filter((item) => item !== 'none' && !isExporterName(item))
  const problems = problemWith(unknown, 'not supported; known are prometheus, otlp and none')
  if (hasNone && exporters.length > 0) problems.push(`has none and ${exporters.join(' and ')}; using none`)
  return { value: hasNone ? [] : exporters, problems }
}

export interface ExporterSettings {
  /** `AGENTGATEWAY_EXPORTERS`, which decides where it is set. */
  readonly own: readonly ExporterName[] | undefined
  /** `OTEL_METRICS_EXPORTER`. */
  readonly metrics: readonly ExporterName[] | undefined
  readonly hasOtlpEndpoint: boolean
}

/**
 * Returns which exporters there are. The scrape endpoint is what the package is for, and platforms set
 * `OTEL_METRICS_EXPORTER=otlp` for everybody, so of OpenTelemetry's values only `none` takes it away.
 */
export function chooseExporters({ own, metrics, hasOtlpEndpoint }: ExporterSettings): ReadonlySet<ExporterName> {
  if (own !== undefined) return new Set(own)
  if (metrics === undefined) return new Set(hasOtlpEndpoint ? ['prometheus', 'otlp'] : ['prometheus'])
  return new Set(metrics.length === 0 ? [] : ['prometheus', ...metrics])
}
