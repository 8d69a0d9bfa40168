import type { Exchange, ExchangeListener } from '@agentgateway-otel/wire'
import type { CallRecord } from './call-record.ts'
import type { FollowUp } from './find-format.ts'
import { type Clock, LlmResponse } from './llm-response.ts'
import { createResponseBodyReader, type ResponseBodyReader } from './response-body.ts'

/** How many calls are waited for. Beyond it, the one with the least recent follow-up is counted as it stands. */
const MAX_HELD = 1000
/** A call without a follow-up for this long is counted as it stands. */
const IDLE_SECONDS = 3600

/** Returns the key of a call. The path is no part of it, since ids are unique at their provider. */
export const toBackgroundKey = (host: string, id: string) => `${host} ${id}`

/**
 * `BackgroundCalls` joins the request that begins a call in the background with its follow-ups: the requests that poll,
 * resume or cancel it. The call has the outcome of the first response that shows its end, and its duration is from the head
 * of the first request to the end of that response.
 *
 * Follow-ups of a call that another process began are not observed, because the call counts in that process.
 */
export interface BackgroundCalls {
  /** Notes that an open stream's call runs in the background. Its follow-ups may come before the stream has ended. */
  openStream(key: string): void
  /** Holds a call that has `background` set until its end is known. */
  hold(call: CallRecord): void
  /** Notes that the stream has ended. Its call has been held or counted by then. */
  closeStream(key: string): void
  /** @returns undefined if the follow-up is about none of the calls that are waited for */
  observe(exchange: Exchange, followUp: FollowUp): ExchangeListener | undefined
  readonly isEmpty: boolean
  /** Counts all calls that are waited for as they stand. */
  flush(): void
}

/** How a call has ended. */
interface CallEnd {
  readonly response: LlmResponse
  readonly endMs: number
}

interface HeldCall {
  readonly call: CallRecord
  readonly startMs: number
  readonly timer: NodeJS.Timeout
}

export function createBackgroundCalls(
  countCall: (call: CallRecord) => void,
  countTokens: (call: CallRecord) => void,
  clock?: Clock,
): BackgroundCalls {
  /** The calls that are waited for, the one with the least recent follow-up first. */
  const held = new Map<string, HeldCall>()
  /** The calls whose streams are open, one entry for each stream, with their end if a follow-up has shown it. */
  const streams = new Map<string, CallEnd | undefined>()

  function remove(key: string): HeldCall | undefined {
    const heldCall = held.get(key)
    clearTimeout(heldCall?.timer)
    held.delete(key)
    return heldCall
  }

  function countAsItStands(key: string): void {
    const heldCall = remove(key)
    if (heldCall !== undefined) countCall(heldCall.call)
  }

  function add(key: string, call: CallRecord, startMs: number): void {
    for (const oldest of held.keys()) {
      if (held.size < MAX_HELD) break
      countAsItStands(oldest)
    }
    const timer = setTimeout(() => countAsItStands(key), IDLE_SECONDS * 1000).unref()
    held.set(key, { call, startMs, timer })
  }

  function endFollowUp(key: string, end: CallEnd): void {
    if (streams.has(key) && end.response.hasCallEnded) streams.set(key, end)
    const heldCall = remove(key)
    if (heldCall === undefined) return
    if (end.response.hasCallEnded) countEnded(heldCall.call, heldCall.startMs, end)
    else add(key, heldCall.call, heldCall.startMs)
  }

  function countEnded(begun: CallRecord, startMs: number, { response, endMs }: CallEnd): void {
    const { inputTokens, outputTokens, details, otherModels } = response
    const call: CallRecord = {
      ...begun,
      responseModel: response.model ?? begun.responseModel,
      errorType: response.errorType ?? '',
      usage: response.hasUsage ? 'reported' : 'missing',
      inputTokens,
      outputTokens,
      details,
      otherModels,
      durationSeconds: (endMs - startMs) / 1000,
    }
    countTokens(call)
    countCall(call)
  }

  return {
    openStream: (key) => void streams.set(key, undefined),

    hold(call) {
      if (call.background === undefined) return
      const { key, endMs } = call.background
      const startMs = endMs - call.durationSeconds * 1000
      // A provider that reuses an id has begun another call.
      countAsItStands(key)
      const end = streams.get(key)
      if (end === undefined) add(key, call, startMs)
      else countEnded(call, startMs, end)
    },

    closeStream: (key) => void streams.delete(key),

    observe(exchange, { format, id }) {
      const key = toBackgroundKey(exchange.host, id)
      if (!held.has(key) && !streams.has(key)) return undefined
      const response = new LlmResponse(format, clock)
      let body: ResponseBodyReader | undefined
      return {
        response(head) {
          if (head.status < 300) body = createResponseBodyReader(head, format, response)
        },
        responseBody(chunk) {
          body?.push(chunk)
        },
        end(outcome) {
          body?.end(outcome === 'complete')
          endFollowUp(key, { response, endMs: exchange.endMs })
        },
      }
    },

    get isEmpty() {
      return held.size === 0 && streams.size === 0
    },

    flush() {
      for (const key of held.keys()) countAsItStands(key)
    },
  }
}
