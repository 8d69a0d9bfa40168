import type { IncomingHttpHeaders } from 'node:http'

/** A whole response of an endpoint. */
export interface Response {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** When the request was sent and how long the response took, by a clock that goes on evenly. */
  readonly startMs: number
  readonly tookMs: number
}
