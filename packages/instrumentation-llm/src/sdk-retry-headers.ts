import type { Exchange, ResponseHead } from '@agentgateway-otel/wire'

/** What an SDK's headers say about an attempt. */
export interface RetryHeaders {
  /** How many attempts of the call came before this one. */
  readonly attemptNumber: number
  /** Equal for all attempts of a call. With Stainless's SDKs, other calls may have the same one. */
  readonly callKey: string
  /**
   * Returns the longest time that the SDK may wait before the next attempt, in seconds; undefined if there is none.
   *
   * @param head the response's head; undefined without a response. SDKs then try again, also after their own timeout.
   */
  retryDelaySeconds(head: ResponseHead | undefined): number | undefined
}

/** @returns undefined if the client does not number its attempts */
export function readRetryHeaders(exchange: Exchange): RetryHeaders | undefined {
  return readStainlessHeaders(exchange) ?? readAwsHeaders(exchange)
}

/**
 * The backoff of Stainless's SDKs, without its jitter, which only shortens it: `calculateDefaultRetryTimeoutMillis` in
 * {@link https://github.com/openai/openai-node/blob/master/src/client.ts}.
 */
const STAINLESS_BACKOFF = { firstSeconds: 0.5, maxSeconds: 8 }
/**
 * The longest backoff of the AWS SDK, the one after throttling, without its jitter: `THROTTLING_RETRY_DELAY_BASE` and
 * `MAXIMUM_RETRY_DELAY` in {@link https://github.com/smithy-lang/smithy-typescript}.
 */
const AWS_BACKOFF = { firstSeconds: 0.5, maxSeconds: 20 }

/** Returns the delay before the next attempt, in seconds. */
function computeBackoff(backoff: typeof AWS_BACKOFF, attemptNumber: number): number {
  return Math.min(backoff.firstSeconds * 2 ** attemptNumber, backoff.maxSeconds)
}

/**
 * The SDKs made by Stainless (`openai`, `@anthropic-ai/sdk`, `groq-sdk` and others) do not send how often they will try,
 * nor which attempts belong together.
 */
function readStainlessHeaders(exchange: Exchange): RetryHeaders | undefined {
  const count = exchange.header('x-stainless-retry-count')
  if (count === undefined || !/^\d{1,3}$/.test(count)) return undefined
  const attemptNumber = Number(count)
  const backoff = computeBackoff(STAINLESS_BACKOFF, attemptNumber)
  return {
    attemptNumber,
    callKey: `${exchange.host} ${exchange.target}`,
    retryDelaySeconds(head) {
      if (head === undefined) return backoff
      return isRetried(head) ? (readRetryAfter(head) ?? backoff) : undefined
    },
  }
}

/** The AWS SDK sends both: an id of the call, and how many attempts it will make at most. */
function readAwsHeaders(exchange: Exchange): RetryHeaders | undefined {
  const callKey = exchange.header('amz-sdk-invocation-id')
  const { attempt, max } =
    /^attempt=(?<attempt>\d{1,3}); max=(?<max>\d{1,3})$/.exec(exchange.header('amz-sdk-request') ?? '')?.groups ?? {}
  if (callKey === undefined || attempt === undefined) return undefined
  const attemptNumber = Number(attempt) - 1
  const backoff = computeBackoff(AWS_BACKOFF, attemptNumber)
  return {
    attemptNumber,
    callKey,
    retryDelaySeconds(head) {
      if (Number(attempt) >= Number(max)) return undefined
      if (head === undefined) return backoff
      return isRetried(head) ? Math.max(readRetryAfter(head) ?? 0, backoff) : undefined
    },
  }
}

/** Returns whether SDKs may try again after this response. The AWS SDK does so for fewer statuses; its others count late. */
function isRetried(head: ResponseHead): boolean {
  const { status } = head
  if (status < 400) return false
  const shouldRetry = head.header('x-should-retry')
  if (shouldRetry === 'true' || shouldRetry === 'false') return shouldRetry === 'true'
  return status === 408 || status === 409 || status === 429 || status >= 500
}

/** Stainless's SDKs ignore a provider that wants a longer delay. */
const MAX_RETRY_AFTER_SECONDS = 60

function readRetryAfter(head: ResponseHead): number | undefined {
  const milliseconds = Number.parseFloat(head.header('retry-after-ms') ?? '')
  const text = head.header('retry-after') ?? ''
  const delaySeconds = [milliseconds / 1000, Number.parseFloat(text), (Date.parse(text) - Date.now()) / 1000].find(
    (seconds) => !Number.isNaN(seconds),
  )
  return delaySeconds !== undefined && delaySeconds >= 0 && delaySeconds <= MAX_RETRY_AFTER_SECONDS
    ? delaySeconds
    : undefined
}
