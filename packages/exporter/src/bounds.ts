/**
 * What the server of the scrape endpoint grants its clients, since it runs inside somebody's app. The README's table of
 * bounds is generated from these numbers.
 */
export const BOUNDS = {
  /** How many connections may be open, for longer than `spareMs`. */
  connections: 64,
  /** How long nothing may happen on a connection while there are more than `connections`. */
  spareMs: 1_000,
  /** How many connections may be open at any moment. */
  maxConnections: 512,
  /** How many scrapes may be in flight: collected or sent. */
  scrapes: 16,
  /** How many scrapes may wait for those in flight. */
  waitingScrapes: 16,
  /** How long a client may take nothing of a scrape while others wait. */
  stalledScrapeMs: 250,
  /** How long a client may take nothing of a response. */
  stalledMs: 10_000,
  /** How long collecting may take, unless the scraper gives up earlier. */
  collectionMs: 10_000,
  /** How large a request's head may be. */
  headBytes: 16 * 1024,
  /** How long a client may take for a request, from the connection or the first byte on. */
  requestMs: 10_000,
  /** How long a connection may be idle between two requests. Scrapers come every 15 to 60 seconds. */
  idleMs: 120_000,
  /** How long a connection that the server closes may stay until the client closes it too. */
  lingerMs: 2_000,
} as const
