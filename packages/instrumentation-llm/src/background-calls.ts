import type { Exchange, ExchangeListener } from '@agentgateway-otel/wire'
import type { CallRecord } from './call-listener.ts'
import type { FollowUp } from './formats/index.ts'
import { Answer } from './llm-response.ts'
import { type AnswerReader, readAnswer } from './response-reader.ts'

/** The bound of what is kept. Beyond it, the call that was last asked about the longest ago is counted as it stands. */
const MAX_OPEN = 1000
/** A call that the app does not ask about for this long is counted as it stands. */
const IDLE_SECONDS = 3600

/** The key of a call: ids are unique at their provider, whatever the path. */
export const keyOf = (host: string, id: string) => `${host} ${id}`

/**
 * `BackgroundCalls` joins the request that begins a call in the background with those that poll, resume or cancel it. The
 * call has the outcome of the first response that shows its end, and its duration is from the head of the first request to
 * the end of that response.
 *
 * Requests about a call that another process began are not followed, because the call counts in that process.
 */
export interface BackgroundCalls {
  /** A stream says that its call runs in the background: the app may ask about the call before the stream has ended. */
  begin(key: string): void
  /** Waits for the end of a call that is `ongoing`. */
  hold(call: CallRecord): void
  /** The stream of `begin` has ended, and its call has been held or counted. */
  done(key: string): void
  /** Follows a request about a call; undefined where the call is none of those that are waited for. */
  follow(exchange: Exchange, followUp: FollowUp): ExchangeListener | undefined
  readonly isEmpty: boolean
  /** Counts all calls that are waited for as they stand. */
  flush(): void
}

/** How a call has ended. */
interface End {
  readonly answer: Answer
  readonly endMs: number
}

interface Open {
  readonly call: CallRecord
  readonly startMs: number
  readonly timer: NodeJS.Timeout
}

export function joinBackgroundCalls(
  count: (call: CallRecord) => void,
  countTokens: (call: CallRecord) => void,
): BackgroundCalls {
  /** The calls that are waited for, in the order in which the app last asked about them. */
  const open = new Map<string, Open>()
  /** The calls whose streams are still open, with their end where another request has shown it. One entry for each stream. */
  const streams = new Map<string, End | undefined>()

  function take(key: string): Open | undefined {
    const entry = open.get(key)
    clearTimeout(entry?.timer)
    open.delete(key)
    return entry
  }

  function settle(key: string): void {
    const entry = take(key)
    if (entry !== undefined) count(entry.call)
  }

  function put(key: string, call: CallRecord, startMs: number): void {
    for (const oldest of open.keys()) {
      if (open.size < MAX_OPEN) break
      settle(oldest)
    }
    const timer = setTimeout(() => settle(key), IDLE_SECONDS * 1000).unref()
    open.set(key, { call, startMs, timer })
  }

  function ended(key: string, end: End): void {
    if (streams.has(key) && end.answer.isSettled) streams.set(key, end)
    const entry = take(key)
    if (entry === undefined) return
    if (end.answer.isSettled) finish(entry.call, entry.startMs, end)
    else put(key, entry.call, entry.startMs)
  }

  function finish(begun: CallRecord, startMs: number, { answer, endMs }: End): void {
    const { inputTokens, outputTokens, otherModels } = answer
    const call: CallRecord = {
      ...begun,
      responseModel: answer.model ?? begun.responseModel,
      errorType: answer.error ?? '',
      usage: answer.hasUsage ? 'reported' : 'missing',
      inputTokens,
      outputTokens,
      otherModels,
      durationSeconds: (endMs - startMs) / 1000,
    }
    countTokens(call)
    count(call)
  }

  return {
    begin: (key) => void streams.set(key, undefined),

    hold(call) {
      if (call.ongoing === undefined) return
      const { key, endMs } = call.ongoing
      const startMs = endMs - call.durationSeconds * 1000
      // A provider that reuses an id has begun another call.
      settle(key)
      const end = streams.get(key)
      if (end === undefined) put(key, call, startMs)
      else finish(call, startMs, end)
    },

    done: (key) => void streams.delete(key),

    follow(exchange, { format, id }) {
      const key = keyOf(exchange.host, id)
      if (!open.has(key) && !streams.has(key)) return undefined
      const answer = new Answer(format)
      let reader: AnswerReader | undefined
      return {
        response(head) {
          if (head.status < 300) reader = readAnswer(head, format, answer)
        },
        responseBody(chunk) {
          reader?.push(chunk)
        },
        end(outcome) {
          reader?.end(outcome === 'complete')
          ended(key, { answer, endMs: exchange.endMs })
        },
      }
    },

    get isEmpty() {
      return open.size === 0 && streams.size === 0
    },

    flush() {
      for (const key of open.keys()) settle(key)
    },
  }
}
