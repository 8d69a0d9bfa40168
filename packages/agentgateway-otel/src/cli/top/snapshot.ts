import type { Status } from '@agentgateway-otel/exporter/page'
import { fetchStatus, type Scrape, scrape } from '../endpoint/scrape.ts'
import type { Target } from '../endpoint/target.ts'

/** What `top` has read of the app at one moment. */
export interface Snapshot {
  readonly scrape: Scrape
  /** Undefined where the endpoint is another program's. */
  readonly status: Status | undefined
  /** In milliseconds since 1970. */
  readonly timeMs: number
}

/** @throws ScrapeError */
export async function takeSnapshot(target: Target, options: { signal?: AbortSignal } = {}): Promise<Snapshot> {
  const timeMs = Date.now()
  const taken = await scrape(target, options)
  return { scrape: taken, status: await fetchStatus(target, { ...options, timeoutMs: STATUS_TIMEOUT_MS }), timeMs }
}

/** The status is only for the header. */
const STATUS_TIMEOUT_MS = 2_000
