import type { Format } from './collected.ts'

/** A scrape that was responded to. */
export interface ScrapeRecord {
  /** When the request arrived, in milliseconds since 1970. */
  readonly timeMs: number
  /** The address of the client. */
  readonly client: string
  readonly userAgent: string
  readonly path: string
  readonly format: Format
  /** The status code of the response. */
  readonly status: number
  /** The time until the response was sent. */
  readonly durationMs: number
  /** The size of the response's body as it was sent. */
  readonly bytes: number
}
