import type { CallRecord } from './call.ts'
import type { Attempt } from './stainless.ts'

/** How long after the SDK's own delay the next attempt is waited for: it has to connect and to be sent. */
const PATIENCE_SECONDS = 5
/** A next attempt that comes later than that is still known for one of a call that has been counted. */
const LATE_SECONDS = 600
const MAX_HELD = 1000

/** Hears of one attempt. */
export interface AttemptListener {
  /** The request has been sent: now is known what it asks for. */
  sent(attempt: Attempt): void
  /** @param retryDelaySeconds how long its SDK waits before it tries again; undefined where it does not */
  ended(call: CallRecord, attempt: Attempt, retryDelaySeconds: number | undefined): void
}

/**
 * Makes one call of its attempts: it ends as the last of them did, and its duration is from the first one's head. An
 * attempt that failed, and that its SDK makes again, is held back until the next one has been sent; if none comes in time,
 * it was the last.
 *
 * The next attempt is the one with the next number, to the same place, with the same model and a body of the same length.
 * Where several calls are alike in all of this, it does not matter whose it is taken for: their labels are the same.
 */
export interface Retries {
  follow(): AttemptListener
  /** Counts what is held back. */
  flush(): void
}

/** An attempt that failed and may be made again. */
interface Held {
  /** As it is counted if there is no next attempt. */
  readonly call: CallRecord
  readonly attempt: Attempt
  readonly endMs: number
  /** Of the first attempt. */
  readonly firstMs: number
  /** Until the call is counted as it is; undefined when it is. */
  timer: NodeJS.Timeout | undefined
}

export function joinRetries(count: (call: CallRecord) => void): Retries {
  /** In the order in which they ended. */
  const held = new Set<Held>()

  function settle(entry: Held): void {
    if (entry.timer === undefined) return
    clearTimeout(entry.timer)
    entry.timer = undefined
    count(entry.call)
  }

  function makeRoom(nowMs: number): void {
    for (const entry of held) {
      if (held.size < MAX_HELD && nowMs - entry.endMs < LATE_SECONDS * 1000) return
      settle(entry)
      held.delete(entry)
    }
  }

  function hold(entry: Held, delaySeconds: number): void {
    makeRoom(entry.endMs)
    held.add(entry)
    entry.timer = setTimeout(() => settle(entry), (delaySeconds + PATIENCE_SECONDS) * 1000).unref()
  }

  /** The attempt before this one, which is held no longer. */
  function take(attempt: Attempt): Held | undefined {
    let found: Held | undefined
    for (const entry of held) {
      if (!precedes(entry, attempt)) continue
      // One that is counted already is taken only where there is no other.
      if (found === undefined || (found.timer === undefined && entry.timer !== undefined)) found = entry
    }
    if (found !== undefined) held.delete(found)
    return found
  }

  function follow(): AttemptListener {
    let before: Held | undefined
    let isCounted = false

    function sent(attempt: Attempt): void {
      if (attempt.number === 0 || before !== undefined) return
      before = take(attempt)
      if (before === undefined) return
      isCounted = before.timer === undefined
      clearTimeout(before.timer)
    }

    return {
      sent,
      ended(ended, attempt, retryDelaySeconds) {
        // It may never have been sent.
        sent(attempt)
        const firstMs = before?.firstMs ?? attempt.startMs
        const earlierSeconds = (attempt.startMs - firstMs) / 1000
        const call = { ...ended, durationSeconds: ended.durationSeconds + earlierSeconds }
        const isLast = call.errorType === '' || retryDelaySeconds === undefined
        if (isLast) {
          if (!isCounted) count(call)
          return
        }
        const entry = { call, attempt, firstMs, endMs: firstMs + call.durationSeconds * 1000, timer: undefined }
        if (isCounted) held.add(entry)
        else hold(entry, retryDelaySeconds)
      },
    }
  }

  return {
    follow,
    flush() {
      for (const entry of held) settle(entry)
    },
  }
}

function precedes({ attempt, endMs }: Held, next: Attempt): boolean {
  return (
    attempt.number + 1 === next.number &&
    attempt.to === next.to &&
    endMs <= next.startMs &&
    // What was not sent cannot be told.
    (attempt.model === next.model || attempt.model === undefined || next.model === undefined) &&
    (attempt.requestBytes === next.requestBytes || !attempt.requestBytes || !next.requestBytes)
  )
}
