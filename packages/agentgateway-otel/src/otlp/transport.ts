/** What became of one attempt to send an export. */
export type Attempt =
  /** The collector accepted it. */
  | {
      readonly outcome: 'accepted'
      /** The body of the response, an encoded ExportMetricsServiceResponse. */
      readonly body: Uint8Array
      /** Why the body cannot be that; undefined where it may be. */
      readonly problem?: string | undefined
    }
  /** It may be accepted later: the collector is overloaded, or there was no response. */
  | { readonly outcome: 'retryable'; readonly error: Error; readonly retryAfterMs: number | undefined }
  /** It must not be sent again as it is. */
  | { readonly outcome: 'refused'; readonly error: Error }

/** Sends exports to a collector, one at a time, by HTTP or by gRPC. */
export interface OtlpTransport {
  /**
   * Makes one attempt. The promise resolves within the time, and never rejects.
   *
   * @param message an encoded ExportMetricsServiceRequest
   */
  send(message: Uint8Array, timeoutMs: number): Promise<Attempt>
  /** Closes what connections there are. */
  close(): void
}

/** The collector says that it cannot take this data, whenever it is sent. */
export class DataRefusedError extends Error {}

export const retryable = (error: Error): Attempt => ({ outcome: 'retryable', error, retryAfterMs: undefined })

export const noResponse = (timeoutMs: number): Attempt => retryable(new Error(`no response within ${timeoutMs} ms`))
