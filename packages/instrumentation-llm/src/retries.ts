import type { ResponseHead } from '@agentgateway-otel/wire'
import type { CallRecord } from './call-record.ts'
import type { RetryHeaders } from './sdk-retry-headers.ts'

/** How long to wait for the next attempt beyond the SDK's own delay, since that attempt has to connect and be sent. */
const PATIENCE_SECONDS = 5
/** How long a failed attempt is kept, counted or not, so that a late next attempt does not count the call again. */
const MAX_HELD_SECONDS = 600
const MAX_HELD = 1000

/** The request of an attempt. Model and length are the same in all attempts of a call. */
export interface AttemptRequest {
  readonly model: string | undefined
  /** The length of the body; 0 if it was not sent. */
  readonly bodyBytes: number
  readonly startMs: number
}

/** One attempt of a call. */
export interface Attempt {
  /** Whether another attempt of the call may have come before this one. */
  readonly mayHavePrevious: boolean
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

  /** Takes the outcome of an attempt, and holds it as long as its SDK may repeat the attempt. */
  function end(
    attempt: CallAttempt,
    record: CallRecord,
    request: AttemptRequest,
    head: ResponseHead | undefined,
  ): void {
    const { headers, previous, isCounted } = attempt
    const delaySeconds = record.errorType === '' ? undefined : headers.retryDelaySeconds(head)
    // This is what most attempts are: the only one of their call.
    if (previous === undefined && delaySeconds === undefined) {
      countCall(record)
      return
    }
    const callStartMs = previous?.callStartMs ?? request.startMs
    const secondsBefore = (request.startMs - callStartMs) / 1000
    const durationSeconds = record.durationSeconds + secondsBefore
    const sinceStart = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds + secondsBefore)
    const firstChunkSeconds = sinceStart(record.firstChunkSeconds)
    const firstTokenSeconds = sinceStart(record.firstTokenSeconds)
    // Attempts of several calls may have been joined, and then the duration is that of none of them.
    const isOfOneTrace = previous === undefined || previous.call.span?.traceId === record.span?.traceId
    const span = isOfOneTrace ? record.span : undefined
    const call = { ...record, durationSeconds, firstChunkSeconds, firstTokenSeconds, span }
    if (delaySeconds !== undefined) {
      const endMs = callStartMs + durationSeconds * 1000
      hold({ call, headers, request, endMs, callStartMs, timer: undefined }, isCounted ? undefined : delaySeconds)
    } else if (!isCounted) {
      countCall(call)
    }
  }

  class CallAttempt implements Attempt {
    readonly headers: RetryHeaders
    previous: HeldAttempt | undefined
    /** Whether the call has been counted with the outcome of an attempt before this one. */
    isCounted = false

    constructor(headers: RetryHeaders) {
      this.headers = headers
    }

    get mayHavePrevious(): boolean {
      return this.headers.attemptNumber > 0
    }

    joinPrevious(request: AttemptRequest): void {
      if (!this.mayHavePrevious || this.previous !== undefined) return
      this.previous = removePrevious(this.headers, request)
      if (this.previous === undefined) return
      this.isCounted = this.previous.timer === undefined
      clearTimeout(this.previous.timer)
    }

    end(call: CallRecord, request: AttemptRequest, head: ResponseHead | undefined): void {
      // The request may not have been sent before.
      this.joinPrevious(request)
      end(this, call, request, head)
    }
  }

  return {
    start: (headers) => new CallAttempt(headers),
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
