import type { Format } from '../collected.ts'

/** One scrape, as the endpoint's page shows it. */
export interface ScrapeRecord {
  /** When the request arrived, in milliseconds since 1970. */
  readonly timeMs: number
  /** The address that the request came from. */
  readonly client: string
  /** The request's `user-agent`: its first 100 characters, with `?` for each that is not printable ASCII. */
  readonly userAgent: string
  readonly path: string
  readonly format: Format
  /** The response's status; 499 if the client closed its connection before the response was complete. */
  readonly status: number
  /** From the request's arrival until the response was written, in milliseconds. */
  readonly durationMs: number
  /** The size of the response's body as it was sent, compressed or not. */
  readonly bytes: number
}

const MAX_CLIENTS = 8
const MAX_USER_AGENT_LENGTH = 100

/** The last scrape of each of the few latest clients. A client is an address with a user agent. */
export class ScrapeRecords {
  /** By client, the latest last. */
  readonly #records = new Map<string, ScrapeRecord>()

  add(record: ScrapeRecord): void {
    const userAgent = record.userAgent.slice(0, MAX_USER_AGENT_LENGTH).replace(/[^\x20-\x7e]/g, '?')
    const key = `${record.client} ${userAgent}`
    this.#records.delete(key)
    this.#records.set(key, { ...record, userAgent })
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= MAX_CLIENTS) return
      this.#records.delete(oldest)
    }
  }

  /** The latest first. */
  list(): readonly ScrapeRecord[] {
    return [...this.#records.values()].reverse()
  }
}
