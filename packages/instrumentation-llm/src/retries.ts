import type { ResponseHead } from '@agentgateway-otel/wire'
import type { CallRecord } from './call-listener.ts'
import type { Numbering } from './sdk-retry-headers.ts'

/** How long after the SDK's own delay the next attempt is waited for: it has to connect and to be sent. */
const PATIENCE_SECONDS = 5
/** A next attempt that comes later than that is still known for one of a call that has been counted. */
const LATE_SECONDS = 600
const MAX_HELD = 1000

/** What is asked for, which is the same in all attempts of a call. */
interface Content {
  readonly model: string | undefined
  /** Of the body; 0 where it was not sent. */
  readonly requestBytes: number
  /** Of this attempt. */
  readonly startMs: number
}

/** Hears of one attempt. */
interface AttemptListener {
  /** It has been sent: now is known what it asks for. More than once does no harm. */
  sent(content: Content): void
  /** @param head of the answer, where one came */
  ended(call: CallRecord, content: Content, head: ResponseHead | undefined): void
}

/**
 * Makes one call of its attempts: it ends as the last of them did, and its duration is from the first one's head. An
 * attempt that failed, and that its SDK makes again, is held back until the next one has been sent; if none comes in time,
 * it was the last.
 *
 * The next attempt is the one with the same key, the next number, the same model and a body of the same length. Where
 * several calls are alike in all of this, it does not matter whose it is taken for: their labels are the same.
 */
export interface Retries {
  follow(numbering: Numbering): AttemptListener
  /** Counts what is held back. */
  flush(): void
}

/** An attempt that failed and may be made again. */
interface Held {
  /** As it is counted if there is no next attempt. */
  readonly call: CallRecord
  readonly numbering: Numbering
  readonly content: Content
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

  function hold(entry: Held, delaySeconds: number | undefined): void {
    for (const old of held) {
      if (held.size < MAX_HELD && entry.endMs - old.endMs < LATE_SECONDS * 1000) break
      settle(old)
      held.delete(old)
    }
    held.add(entry)
    if (delaySeconds === undefined) return
    entry.timer = setTimeout(() => settle(entry), (delaySeconds + PATIENCE_SECONDS) * 1000).unref()
  }

  /** The attempt before this one, which is held no longer. */
  function take(numbering: Numbering, content: Content): Held | undefined {
    let found: Held | undefined
    for (const entry of held) {
      if (!precedes(entry, numbering, content)) continue
      // One that is counted already is taken only where there is no other.
      if (found === undefined || (found.timer === undefined && entry.timer !== undefined)) found = entry
    }
    if (found !== undefined) held.delete(found)
    return found
  }

  function follow(numbering: Numbering): AttemptListener {
    let before: Held | undefined
    let isCounted = false

    function sent(content: Content): void {
      if (numbering.number === 0 || before !== undefined) return
      before = take(numbering, content)
      if (before === undefined) return
      isCounted = before.timer === undefined
      clearTimeout(before.timer)
    }

    return {
      sent,
      ended(ended, content, head) {
        // It may never have been sent.
        sent(content)
        const firstMs = before?.firstMs ?? content.startMs
        const durationSeconds = ended.durationSeconds + (content.startMs - firstMs) / 1000
        const call = { ...ended, durationSeconds }
        const delaySeconds = call.errorType === '' ? undefined : numbering.retryDelay(head)
        if (delaySeconds !== undefined) {
          const entry = { call, numbering, content, firstMs, endMs: firstMs + durationSeconds * 1000, timer: undefined }
          hold(entry, isCounted ? undefined : delaySeconds)
        } else if (!isCounted) {
          count(call)
        }
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

function precedes(held: Held, { number, key }: Numbering, { model, requestBytes, startMs }: Content): boolean {
  const { numbering, content } = held
  return (
    numbering.number + 1 === number &&
    numbering.key === key &&
    // The answer that made the SDK try again may still be on its way when it does.
    content.startMs < startMs &&
    // What was not sent cannot be told.
    (content.model === model || content.model === undefined || model === undefined) &&
    (content.requestBytes === requestBytes || !content.requestBytes || !requestBytes)
  )
}
