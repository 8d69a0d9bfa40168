import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { type Api, EVENT_STREAM, event, type Plan } from './api.ts'
import type { Behaviour } from './behaviour.ts'
import type { Served } from './served.ts'

interface BackgroundCall {
  readonly api: Api
  readonly plan: Plan
  readonly behaviour: Behaviour
  readonly record: Served
  polls: number
  isCancelled: boolean
}

/**
 * Calls in the background. A call begins with a request that gets a response at once, or with a stream that breaks. It ends
 * when it is polled for the second time, or resumed as a stream; with the behaviour `stall`, when it is cancelled.
 */
export class BackgroundCalls {
  readonly #calls = new Map<string, BackgroundCall>()

  async begin(api: Api, plan: Plan, behaviour: Behaviour, response: ServerResponse, record: Served): Promise<void> {
    if (api.background === undefined) throw new Error(`no calls in the background of ${api.operation}`)
    const id = `call_${this.#calls.size}`
    this.#calls.set(id, { api, plan, behaviour, record, polls: 0, isCancelled: false })
    record.hasResponse = true
    record.responseModel = plan.model
    const { body, event: begin } = api.background(plan, id, 'queued')
    if (plan.body.stream !== true) return send(response, body)
    response.writeHead(200, { 'content-type': EVENT_STREAM })
    response.write(event(begin))
    // Bytes that were sent before the connection breaks do arrive.
    await turn()
    response.destroy()
  }

  /** Responds to a request about a call that has begun; returns false for other requests. */
  respond(request: IncomingMessage, response: ServerResponse): boolean {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://provider')
    const [, id = '', cancel] = /\/(call_\d+)(\/cancel)?$/.exec(pathname) ?? []
    const call = this.#calls.get(id)
    if (call?.api.background === undefined) return false
    if (cancel !== undefined) call.isCancelled = true
    const isStream = searchParams.get('stream') === 'true'
    const hasEnded = call.isCancelled || (call.behaviour.name !== 'stall' && (isStream || call.polls++ > 0))
    const { body, event: last } = call.api.background(call.plan, id, hasEnded ? end(call) : 'in_progress')
    if (isStream) {
      response.writeHead(200, { 'content-type': EVENT_STREAM })
      response.end(event(last))
    } else {
      send(response, body)
    }
    return true
  }
}

/** Ends the call: notes the outcome in its record, and returns it. */
function end({ api, behaviour, record, plan, isCancelled }: BackgroundCall): 'completed' | 'failed' | 'cancelled' {
  if (isCancelled) {
    record.outcome = 'cancelled'
    return 'cancelled'
  }
  if (behaviour.name === 'fail') {
    record.outcome = api.backgroundError ?? 'failed'
    return 'failed'
  }
  record.tokens = plan.tokens
  record.details = api.details
  return 'completed'
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
