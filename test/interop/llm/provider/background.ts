import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { type Api, EVENT_STREAM, event, type Plan } from './api.ts'
import type { Behaviour } from './behaviour.ts'
import type { Served } from './provider.ts'

interface Begun {
  readonly api: Api
  readonly plan: Plan
  readonly behaviour: Behaviour
  readonly record: Served
  polls: number
  isCancelled: boolean
}

/**
 * Calls that go on in the background: begun by a request that is answered at once, or by a stream, which breaks; polled
 * twice until they have ended, or resumed. A model that stalls goes on until it is cancelled.
 */
export class BackgroundCalls {
  readonly #begun = new Map<string, Begun>()

  async begin(api: Api, plan: Plan, behaviour: Behaviour, response: ServerResponse, record: Served): Promise<void> {
    if (api.background === undefined) throw new Error(`no calls in the background of ${api.operation}`)
    const id = `call_${this.#begun.size}`
    this.#begun.set(id, { api, plan, behaviour, record, polls: 0, isCancelled: false })
    record.answered = true
    record.responseModel = plan.model
    const { body, event: begin } = api.background(plan, id, 'queued')
    if (plan.body.stream !== true) return send(response, body)
    response.writeHead(200, { 'content-type': EVENT_STREAM })
    response.write(event(begin))
    // What is on its way when a connection is cut does arrive.
    await turn()
    response.destroy()
  }

  /** Answers a request about a call that was begun; false for other requests. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://provider')
    const [, id = '', cancel] = /\/(call_\d+)(\/cancel)?$/.exec(pathname) ?? []
    const call = this.#begun.get(id)
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

/** How the call has ended, which its record says from now on. */
function end({ api, behaviour, record, plan, isCancelled }: Begun): 'completed' | 'failed' | 'cancelled' {
  if (isCancelled) {
    record.outcome = 'cancelled'
    return 'cancelled'
  }
  if (behaviour.name === 'fail') {
    record.outcome = api.backgroundError ?? 'failed'
    return 'failed'
  }
  record.tokens = plan.tokens
  return 'completed'
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
