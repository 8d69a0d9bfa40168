import { isJsonObject, type JsonObject, member } from '../json-object.ts'
import { beginningOf, parseMessage } from './message-text.ts'
import type { SocketCall, SocketCalls, SocketReader } from './socket-format.ts'

/** How many calls of one WebSocket may be under way. Those beyond it are not counted. */
const MAX_OPEN_CALLS = 100

/** The events after which a response has ended. */
const LAST_EVENT = /^response\.(?:done|completed|incomplete|failed)$/

/** The events in which content arrives. */
const CONTENT_EVENT = /^response\.[\w.]*(?:delta|partial_image)$/

/** The type of an event. It stands in the event's first bytes: OpenAI's events begin with it or with their id. */
const TYPE = /"type"\s*:\s*"([\w.]+)"/

interface OpenCall {
  readonly call: SocketCall
  /** The WebSocket's lane, if the app named one. Each lane has one response at a time. */
  readonly lane: unknown
  /** The app's own id of its event, if it gave one. */
  readonly eventId: unknown
  /** The response's id; undefined until the provider has begun it. */
  responseId: unknown
}

/** What differs between OpenAI's two APIs. */
interface OpenaiEvents {
  /** Whether an error is always that of a call. If not, it may be about any of the app's events. */
  readonly errorsEndCalls: boolean
  /** Reads what the event that ends a response has. */
  read(event: JsonObject, call: SocketCall): void
  /** Reads any other event of the provider. */
  readOther?(event: JsonObject, type: string): void
  /** Matches the types of the events that `readOther` is for. */
  readonly otherEvents?: RegExp
}

/**
 * Reads the events of OpenAI's Realtime and Responses on a WebSocket. The app asks for a response (`response.create`), or the
 * provider begins one by itself when a speaker has ended; then comes `response.created`, and at last the event that has the usage.
 */
export function createOpenaiReader(
  calls: SocketCalls,
  { errorsEndCalls, read, readOther, otherEvents }: OpenaiEvents,
): SocketReader {
  const open: OpenCall[] = []
  /** The errors of which it is not known yet which call they are of. */
  const errors: unknown[] = []

  function begin(lane: unknown, eventId?: unknown): OpenCall | undefined {
    if (open.length === MAX_OPEN_CALLS) return undefined
    const begun: OpenCall = { call: calls.begin(), lane, eventId, responseId: undefined }
    open.push(begun)
    return begun
  }

  /** Returns the call of a response that the provider has begun: the one that the app asked for first, or a new one. */
  function findCall(responseId: unknown, lane: unknown): OpenCall | undefined {
    const known = open.find((call) => call.responseId === responseId)
    const found = known ?? open.find((call) => call.responseId === undefined && call.lane === lane) ?? begin(lane)
    if (found !== undefined) {
      found.responseId = responseId
      found.call.hasResponse = true
    }
    return found
  }

  function end(ended: OpenCall): void {
    open.splice(open.indexOf(ended), 1)
    ended.call.end()
  }

  function onError(event: JsonObject): void {
    const error = isJsonObject(event.error) ? event.error : event
    const byEventId = open.find(({ eventId }) => eventId !== undefined && eventId === error.event_id)
    const failed = byEventId ?? (errorsEndCalls ? open.find(({ lane }) => lane === event.stream_id) : undefined)
    if (failed === undefined) {
      if (errors.length < MAX_OPEN_CALLS && open.some(({ responseId }) => responseId === undefined)) errors.push(error)
      return
    }
    failed.call.response.setError(error === event ? { code: event.code } : error)
    end(failed)
  }

  /** Notes the first content of a response. Only if several are under way does the event have to say whose it is. */
  function onContent(message: Uint8Array): void {
    const waiting = open.filter(({ call, responseId }) => responseId !== undefined && call.response.awaitsContent)
    if (waiting.length === 0) return
    const event = open.length === 1 ? undefined : parseMessage(message)
    const isOfEvent = ({ responseId, lane }: OpenCall) =>
      event?.response_id === undefined ? lane === event?.stream_id : responseId === event.response_id
    const found = event === undefined ? waiting[0] : waiting.find(isOfEvent)
    found?.call.response.noteMessage(true)
  }

  function onEvent(type: string, message: Uint8Array): void {
    if (CONTENT_EVENT.test(type)) {
      onContent(message)
      return
    }
    const isLast = LAST_EVENT.test(type)
    if (!isLast && type !== 'response.created' && type !== 'error' && !otherEvents?.test(type)) return
    const event = parseMessage(message)
    if (event === undefined) return
    if (type === 'error') {
      onError(event)
      return
    }
    if (otherEvents?.test(type)) {
      readOther?.(event, type)
      return
    }
    const found = findCall(member(event.response, 'id'), event.stream_id)
    if (found === undefined) return
    read(event, found.call)
    if (isLast) end(found)
  }

  return {
    sent(message) {
      if (!beginningOf(message).includes('response.create')) return
      const event = parseMessage(message)
      if (event?.type !== 'response.create') return
      const begun = begin(event.stream_id, event.event_id)
      const model = event.model ?? member(event.response, 'model')
      if (begun !== undefined && typeof model === 'string') begun.call.requestModel = model
    },
    received(message) {
      const type = TYPE.exec(beginningOf(message))?.[1]
      if (type !== undefined) onEvent(type, message)
    },
    closed() {
      // A call that the provider never began is one that it refused, so the errors without a call are of these.
      for (const { call, responseId } of open) {
        const error = responseId === undefined ? errors.shift() : undefined
        if (error !== undefined) call.response.setError(error)
      }
    },
  }
}
