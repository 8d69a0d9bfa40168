/**
 * The scrape endpoint: `@opentelemetry/exporter-prometheus` collects the metrics, and a server of this package serves
 * them. What writes the text is exported too, for an endpoint that serves the sums of many processes.
 *
 * @module
 * @example
 * const endpoint = createScrapeEndpoint()
 * const provider = new MeterProvider({ readers: [endpoint.reader], resource })
 * const { url } = await endpoint.listen({ port: 15020 })
 */

export type { Access, Refusal } from './access/access.ts'
export { costOf, MAX_COST, MIN_COST } from './access/bcrypt-hash.ts'
export { problemOfToken } from './access/bearer-token.ts'
export { createLock, type Lock, type LockOptions } from './access/lock.ts'
export { PasswordVerifier } from './access/password-verifier.ts'
export {
  CLIENT_AUTH_TYPES,
  type ClientAuthType,
  type LockSettings,
  type RateLimit,
  type SettingsSource,
  type TlsSettings,
} from './access/settings.ts'
export { createTlsContext, type TlsOptions } from './access/tls-context.ts'
export { BOUNDS } from './bounds.ts'
export type { Collected, Exposition, Format, ScrapeOptions } from './collected.ts'
export {
  type Address,
  type BindResult,
  createScrapeEndpoint,
  type ScrapeEndpoint,
  type ScrapeEndpointOptions,
} from './endpoint.ts'
export { PAGE_PATHS, type Page } from './page/page.ts'
export type { ScrapeRecord } from './requests/scrape-record.ts'
export { createScrapeService } from './scrape-service.ts'
export { createFamilies, FAMILIES, type Families, type Family } from './series/families.ts'
export { type OtherMetrics, otherMetricsOf, prepareOthers } from './series/other-metrics.ts'
export { ProcessSeries } from './series/process-series.ts'
export type { ScrapeReader } from './series/scrape-reader.ts'
export { ABSENT, type Row, type Series, SeriesTable } from './series/series-table.ts'
export { TextWriter } from './text/text-writer.ts'
export { nextTurn } from './turns.ts'
export * as unpatchedNet from './unpatched-net.ts'
