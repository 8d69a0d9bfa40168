import { cachedProgram } from './debian-unstable.ts'
import { type ScrapeServer, startScrapeServer } from './scrape-server.ts'

const COMMAND = cachedProgram('victoria-metrics')

/** It stores numbers as decimals of about 15 digits. */
export const VICTORIA_METRICS_DIGITS = 12

/** Starts a VictoriaMetrics, with the text of a scrape configuration and further flags. */
export const startVictoriaMetrics = (config: string, flags: readonly string[] = []): Promise<ScrapeServer> =>
  startScrapeServer({
    config,
    command: COMMAND as string,
    readyPath: '/health',
    args: (files, address) => [
      `-promscrape.config=${files.config}`,
      `-storageDataPath=${files.data}`,
      `-httpListenAddr=${address}`,
      '-loggerFormat=json',
      // Otherwise samples can be queried half a minute after they were received, and longer values are cut.
      '-search.latencyOffset=0s',
      '-maxLabelValueLen=8192',
      ...flags,
    ],
  })
