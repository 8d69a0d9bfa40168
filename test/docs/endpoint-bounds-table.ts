import { BOUNDS } from '@agentgateway-otel/exporter'
import { markdownTable } from './marked-section.ts'

const seconds = (ms: number) => `${ms / 1000} s`

/** Returns a table of what the scrape endpoint grants its clients, and what those get that want more. */
export function endpointBoundsTable(): string {
  const { connections, spareMs, maxConnections, scrapes, waitingScrapes, stalledScrapeMs, stalledMs } = BOUNDS
  const { collectionMs, headBytes, requestMs, idleMs, lingerMs } = BOUNDS
  return markdownTable([
    ['what', 'bound', 'beyond it'],
    ['connections', String(connections), `those on which nothing happened for ${seconds(spareMs)} are closed`],
    [
      'connections at any moment',
      String(maxConnections),
      'one of the address that has most is closed, the one that has been idle for longest',
    ],
    ['requests of a connection', '1 at a time', 'the first gets its response, and the connection is closed'],
    [
      'scrapes in flight',
      String(scrapes),
      `others wait; meanwhile one whose client took nothing for ${seconds(stalledScrapeMs)} is dropped`,
    ],
    [
      'scrapes that wait',
      String(waitingScrapes),
      'one of the client that has most gets 503 with `Retry-After`, its oldest',
    ],
    [
      'time to collect',
      `${seconds(collectionMs)}, or what \`X-Prometheus-Scrape-Timeout-Seconds\` has, less a margin`,
      '503 with `Retry-After`',
    ],
    ['time in which a client takes nothing of a response', seconds(stalledMs), 'the connection is reset'],
    ['time for a request to arrive', seconds(requestMs), '408'],
    ["a request's head", `${headBytes / 1024} KiB`, '431'],
    ["a request's body", 'none', '413; none of it is kept'],
    ['time between two requests', seconds(idleMs), 'the connection is closed'],
    ['time for a client to close after the last response', seconds(lingerMs), 'the connection is closed'],
  ])
}
