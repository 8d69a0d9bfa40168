/**
 * The scrape endpoint: @opentelemetry/exporter-prometheus reads the metrics, a server of ours serves them.
 *
 * @module
 * @example
 * const endpoint = createScrapeEndpoint()
 * const provider = new MeterProvider({ readers: [endpoint.reader], resource })
 * const { url } = await endpoint.listen({ port: 15020 })
 */
export { type Address, createScrapeEndpoint, type ScrapeEndpoint, type ScrapeEndpointOptions } from './endpoint.ts'
export type { Exposition } from './scrape-handler.ts'
export type { ScrapeReader } from './scrape-reader.ts'
export * as unpatchedNet from './unpatched-net.ts'
