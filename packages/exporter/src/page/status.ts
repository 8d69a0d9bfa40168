import type { ScrapeRecord } from '../requests/scrape-record.ts'

/** What `/status.json` has for the page's script: what the metrics do not show. */
export interface Status {
  /** The value of the label `gateway`. */
  readonly gateway: string
  /** The version of the package. */
  readonly version: string
  /** The version of Node.js, such as `v24.12.0`. */
  readonly node: string
  /** The time by this machine's clock: a browser's may be another one. */
  readonly nowMs: number
  /** The processes whose numbers are in the metrics, the one that responds first. */
  readonly processes: readonly ProcessStatus[]
  /** The last scrape of each of the few latest clients, this page's own among them. */
  readonly scrapes: readonly ScrapeRecord[]
  /** The OTLP bridge; undefined where there is none. */
  readonly otlp?: OtlpStatus | undefined
}

export interface ProcessStatus {
  readonly pid: number
  /** 0 for the main thread. */
  readonly threadId: number
  /** The script that it runs, without the folders that others need not know. */
  readonly entry: string
  /** When it started, in milliseconds since 1970. */
  readonly startedMs?: number | undefined
  /** Undefined while the app has one process only. */
  readonly role?: 'leader' | 'follower' | undefined
}

export interface OtlpStatus {
  /** Where it sends to, without credentials. */
  readonly url: string
  readonly intervalMs: number
  /** Undefined until the first export has ended. */
  readonly lastExport?: { readonly timeMs: number; readonly error?: string | undefined } | undefined
  /** When an export last succeeded. */
  readonly lastSuccessMs?: number | undefined
}
