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
  const problems = problemWith(unknown, 'this package has prometheus, otlp and none')
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

/** Which exporters there are, and which setting has decided it. */
export interface ExporterChoice {
  readonly exporters: ReadonlySet<ExporterName>
  readonly by: 'own' | 'metrics' | 'endpoint' | 'default'
}

/**
 * Chooses the exporters. The scrape endpoint is what the package is for, and platforms set `OTEL_METRICS_EXPORTER=otlp`
 * for everybody, so of OpenTelemetry's values only `none` takes it away.
 */
export function chooseExporters({ own, metrics, hasOtlpEndpoint }: ExporterSettings): ExporterChoice {
  const choice = (by: ExporterChoice['by'], ...exporters: readonly ExporterName[]): ExporterChoice => ({
    exporters: new Set(exporters),
    by,
  })
  if (own !== undefined) return choice('own', ...own)
  if (metrics?.length === 0) return choice('metrics')
  if (metrics !== undefined) return choice('metrics', 'prometheus', ...metrics)
  return hasOtlpEndpoint ? choice('endpoint', 'prometheus', 'otlp') : choice('default', 'prometheus')
}
