/** How the page decides when to fetch again. */

const INTERVAL_MS = 5_000
/** A fetch may take at most a tenth of the time, so that the page never is much of the app's load. */
const SHARE = 10
const FIRST_RETRY_MS = 2_000
const LAST_RETRY_MS = 60_000

/** Returns how long to wait after a fetch that took this long. */
export const delayAfter = (tookMs: number): number => Math.max(INTERVAL_MS, SHARE * tookMs)

/**
 * Returns how long to wait after so many failures in a row: longer each time.
 *
 * @param retryAfterSeconds what the endpoint has asked for
 */
export const retryDelay = (failures: number, retryAfterSeconds = 0): number =>
  Math.max(1000 * retryAfterSeconds, Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS))

/** The endpoint has responded, but not with what was asked for. */
export class ResponseError extends Error {
  readonly status: number
  readonly retryAfterSeconds: number

  constructor(response: Response) {
    super(`${response.url} responded with ${response.status}`)
    this.status = response.status
    this.retryAfterSeconds = Number(response.headers.get('retry-after')) || 0
  }
}

/** Says what is wrong, and what that may mean. */
export function explain(error: unknown): string {
  if (!(error instanceof ResponseError))
    return 'The app does not respond. It may have ended, or cannot be reached from here.'
  switch (error.status) {
    case 401:
      return 'The endpoint wants a password or a token (401). Load this page again to enter it.'
    case 403:
      return 'The endpoint does not let you read the metrics (403).'
    case 500:
      return 'Collecting the metrics failed (500). The app says why on stderr.'
    case 503:
      return 'The endpoint has more scrapes at once than it takes (503).'
    default:
      return `The endpoint responds with ${error.status}.`
  }
}
