/** What serves a scrape, in a bundle of its own: the first connection to the endpoint needs it, no start does. */
export { createScrapeService } from '@agentgateway-otel/exporter'
