import type { ResponseHead } from '@agentgateway-otel/wire'
import type { CallRecord } from './call-record.ts'
import type { RetryHeaders } from './sdk-retry-headers.ts'

/** How long to wait for the next attempt beyond the SDK's own delay, since that attempt has to connect and be sent. */
const PATIENCE_SECONDS = 5
/** How long a failed attempt is kept, counted or not, so that a late next attempt does not count the call again. */
const MAX_HELD_SECONDS = 600
const MAX_HELD = 1000

/** The request of an attempt. Model and length are the same in all attempts of a call. */
interface AttemptRequest {
  readonly model: string | undefined
  /** The length of the body; 0 if it was not sent. */
  readonly bodyBytes: number
  readonly startMs: number
}

/** One attempt of a call. */
interface Attempt {
  /** Joins this attempt with the one before it, once its request has been sent. May be called several times. */
  joinPrevious(request: AttemptRequest): void
  /** @param head the response's head, if a response came */
  end(call: CallRecord, request: AttemptRequest, head: ResponseHead | undefined): void
}

/**
 * `Retries` joins the attempts of a call: it has the outcome of the last attempt, and its duration is from the head of the
 * first. An attempt that failed, and that its SDK will repeat, is held until the next one has been sent; if that does not
 * come in time, the failed attempt was the last.
 *
 * The next attempt is the one with the same key, the next number, the same model and a body of the same length. If several
 * calls have all of these in common, it does not matter which of them an attempt is joined to: their labels are the same.
 */
export interface Retries {
  start(headers: RetryHeaders): Attempt
  /** Counts the calls whose attempts are held. */
  flush(): void
}

/** An attempt that failed and may be repeated. */
interface HeldAttempt {
  /** The call as it is counted if no further attempt comes. */
  readonly call: CallRecord
  readonly headers: RetryHeaders
  readonly request: AttemptRequest
  readonly endMs: number
  /** When the first attempt of the call started. */
  readonly callStartMs: number
  /** Counts the call when it fires; undefined once the call is counted. */
  timer: NodeJS.Timeout | undefined
}

/** @param countCall counts a call when the outcome of its last attempt is known */
export function createRetries(countCall: (call: CallRecord) => void): Retries {
  /** In the order in which the attempts ended. */
  const held = new Set<HeldAttempt>()

  function countNow(attempt: HeldAttempt): void {
    if (attempt.timer === undefined) return
    clearTimeout(attempt.timer)
    attempt.timer = undefined
    countCall(attempt.call)
  }

  /** @param delaySeconds the SDK's delay; undefined if the call is counted already */
  function hold(attempt: HeldAttempt, delaySeconds: number | undefined): void {
    for (const oldest of held) {
      if (held.size < MAX_HELD && attempt.endMs - oldest.endMs < MAX_HELD_SECONDS * 1000) break
      countNow(oldest)
      held.delete(oldest)
    }
    held.add(attempt)
    if (delaySeconds === undefined) return
    attempt.timer = setTimeout(() => countNow(attempt), (delaySeconds + PATIENCE_SECONDS) * 1000).unref()
  }

  /** Removes and returns the attempt before this one. */
  function removePrevious(headers: RetryHeaders, request: AttemptRequest): HeldAttempt | undefined {
    let previous: HeldAttempt | undefined
    for (const attempt of held) {
      if (!isPrevious(attempt, headers, request)) continue
      // An attempt that is not counted yet is preferred.
      if (previous === undefined || (previous.timer === undefined && attempt.timer !== undefined)) previous = attempt
    }
    if (previous !== undefined) held.delete(previous)
    return previous
  }

  function start(headers: RetryHeaders): Attempt {
    let previous: HeldAttempt | undefined
    let isCounted = false

    function joinPrevious(request: AttemptRequest): void {
      if (headers.attemptNumber === 0 || previous !== undefined) return
      previous = removePrevious(headers, request)
      if (previous === undefined) return
      isCounted = previous.timer === undefined
      clearTimeout(previous.timer)
    }

    return {
      joinPrevious,
      end(attempt, request, head) {
        // The request may not have been sent before.
        joinPrevious(request)
        const callStartMs = previous?.callStartMs ?? request.startMs
        const durationSeconds = attempt.durationSeconds + (request.startMs - callStartMs) / 1000
        // Attempts of several calls may have been joined, and then the duration is that of none of them.
        const isOfOneTrace = previous === undefined || previous.call.span?.traceId === attempt.span?.traceId
        const call = { ...attempt, durationSeconds, span: isOfOneTrace ? attempt.span : undefined }
        const delaySeconds = call.errorType === '' ? undefined : headers.retryDelaySeconds(head)
        if (delaySeconds !== undefined) {
          const endMs = callStartMs + durationSeconds * 1000
          hold({ call, headers, request, endMs, callStartMs, timer: undefined }, isCounted ? undefined : delaySeconds)
        } else if (!isCounted) {
          countCall(call)
        }
      },
    }
  }

  return {
    start,
    flush() {
      for (const attempt of held) countNow(attempt)
    },
  }
}

function isPrevious(held: HeldAttempt, { attemptNumber, callKey }: RetryHeaders, request: AttemptRequest): boolean {
  const { headers, request: heldRequest } = held
  const { model, bodyBytes, startMs } = request
  return (
    headers.attemptNumber + 1 === attemptNumber &&
    headers.callKey === callKey &&
    // The held attempt may have ended after this one started: the rest of its response may still have been on its way.
    heldRequest.startMs < startMs &&
    // A request that was not sent has neither a model nor a length to compare.
    (heldRequest.model === model || heldRequest.model === undefined || model === undefined) &&
    (heldRequest.bodyBytes === bodyBytes || !heldRequest.bodyBytes || !bodyBytes)
  )
}
