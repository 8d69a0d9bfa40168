import { createScrapeService } from './scrape-service.ts'

/**
 * Returns what makes the service behind the server of an endpoint. The preload has it in a bundle of its own, which is
 * loaded when somebody connects.
 */
export const loadScrapeService = (): typeof createScrapeService => createScrapeService
