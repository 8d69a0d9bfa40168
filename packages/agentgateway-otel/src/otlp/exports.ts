/** What the OTLP bridge has sent, for the page that shows it. */
export interface OtlpExports {
  /** The URL that it sends to, without what may be secret. Undefined until the exporter is created. */
  url?: string
  /** Why the last attempt of the export that is under way has failed; undefined before there is one. */
  retrying?: string | undefined
  /** The last export that has ended; `error` is undefined if it succeeded. */
  last?: { readonly timeMs: number; readonly error: string | undefined }
  /** When an export last succeeded, in milliseconds since 1970. */
  lastSuccessMs?: number
}
