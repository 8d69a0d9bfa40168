import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { EVENT_STREAM, event, type Plan } from './api.ts'
import { ended, snapshot } from './apis/openai-responses.ts'
import type { Behaviour } from './behaviour.ts'
import type { Served } from './provider.ts'

interface Background {
  readonly plan: Plan
  readonly behaviour: Behaviour
  readonly record: Served
  polls: number
  isCancelled: boolean
}

/**
 * OpenAI's Responses in the background, {@link https://platform.openai.com/docs/guides/background}: begun by a request that
 * is answered at once, or by a stream, which breaks; polled twice until they have ended, or resumed. A model that stalls goes
 * on until it is cancelled.
 */
export class BackgroundResponses {
  readonly #begun = new Map<string, Background>()

  async begin(plan: Plan, behaviour: Behaviour, response: ServerResponse, record: Served): Promise<void> {
    const id = `resp_${this.#begun.size}`
    this.#begun.set(id, { plan, behaviour, record, polls: 0, isCancelled: false })
    record.answered = true
    record.responseModel = plan.model
    const queued = snapshot(plan.model, { id, background: true, status: 'queued' })
    if (plan.body.stream !== true) return send(response, queued)
    response.writeHead(200, { 'content-type': EVENT_STREAM })
    response.write(event({ type: 'response.created', sequence_number: 0, response: queued }, 'response.created'))
    // What is on its way when a connection is cut does arrive.
    await turn()
    response.destroy()
  }

  /** Answers a request about a response that was begun; false for other requests. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://provider')
    const [, id = '', cancel] = /\/responses\/(resp_\d+)(\/cancel)?$/.exec(pathname) ?? []
    const one = this.#begun.get(id)
    if (one === undefined) return false
    if (cancel !== undefined) one.isCancelled = true
    const isStream = searchParams.get('stream') === 'true'
    const last = cancel !== undefined || isStream || one.polls++ > 0 ? end(id, one) : undefined
    if (last === undefined) {
      send(response, snapshot(one.plan.model, { id, background: true, status: 'in_progress' }))
    } else if (isStream) {
      response.writeHead(200, { 'content-type': EVENT_STREAM })
      const type = `response.${last.status}`
      response.end(event({ type, sequence_number: 1, response: last }, type))
    } else {
      send(response, last)
    }
    return true
  }
}

/** The response when it has ended, as the record is to say too; undefined for one that goes on. */
function end(id: string, { plan, behaviour, record, isCancelled }: Background) {
  const common = { id, background: true }
  if (isCancelled) {
    record.outcome = 'cancelled'
    return snapshot(plan.model, { ...common, status: 'cancelled' })
  }
  if (behaviour.name === 'stall') return undefined
  if (behaviour.name === 'fail') {
    record.outcome = 'server_error'
    const error = { code: 'server_error', message: 'as asked for' }
    return snapshot(plan.model, { ...common, status: 'failed', error })
  }
  record.tokens = plan.tokens
  return snapshot(plan.model, { ...ended(plan), ...common })
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
