/** What the OTLP bridge has sent, for the page that shows it. */
export interface OtlpExports {
  /** The URL that it sends to, without what may be secret. Undefined until the exporter is created. */
  url?: string
  /** The last export that has ended; `error` is undefined if it succeeded. */
  last?: { readonly timeMs: number; readonly error: string | undefined }
  /** When an export last succeeded, in milliseconds since 1970. */
  lastSuccessMs?: number
}
