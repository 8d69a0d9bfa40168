import type { Exchange, ExchangeListener, Outcome, ResponseHead, WebSocketListener } from '@agentgateway-otel/wire'
import type { CallContext } from '../call-listener.ts'
import { findErrorCode } from '../error-code.ts'
import { LlmResponse } from '../llm-response.ts'
import type { SocketCall, SocketCalls, SocketFormat } from './socket-format.ts'

/** Listens to a WebSocket whose path is that of an LLM API, and counts each call as it ends. */
export class SocketListener implements ExchangeListener, SocketCalls {
  readonly #exchange: Exchange
  readonly #format: SocketFormat
  readonly #context: CallContext
  readonly #model: string | undefined
  readonly #open = new Set<Call>()
  #head: ResponseHead | undefined
  #isUpgraded = false

  constructor(exchange: Exchange, format: SocketFormat, context: CallContext) {
    this.#exchange = exchange
    this.#format = format
    this.#context = context
    this.#model = findModel(exchange.target, format.modelParameters)
  }

  response(head: ResponseHead): void {
    this.#head = head
  }

  webSocket(): WebSocketListener {
    this.#isUpgraded = true
    const reader = this.#format.createReader(this)
    return {
      sent: (message) => reader.sent(message),
      received: (message) => reader.received(message),
      end: (by, code) => {
        reader.closed?.(by, code)
        for (const call of this.#open) call.end(by === 'app' ? 'aborted' : String(code ?? 'ECONNRESET'))
      },
    }
  }

  /** The handshake has ended. If it was refused, this is the only call that there is. */
  end(outcome: Outcome, error: Error | undefined): void {
    const { host, startMs } = this.#exchange
    // At another host, the path may be that of another product.
    if (this.#isUpgraded || !this.#context.systems.isKnown(host)) return
    const status = this.#head?.status
    const errorType = outcome === 'aborted' ? 'aborted' : status === undefined ? findErrorCode(error) : String(status)
    this.begin(startMs).end(errorType)
  }

  now(): number {
    return performance.now()
  }

  begin(startMs = this.now()): SocketCall {
    const response = new LlmResponse(this.#format, this.#context.clock)
    const call = new Call(startMs, this.#model, response, (ended, errorType) => {
      this.#open.delete(ended)
      if (errorType !== undefined) this.#count(ended, errorType)
    })
    this.#open.add(call)
    return call
  }

  #count({ startMs, endMs, requestModel, response, hasResponse }: Call, errorType: string): void {
    const record = {
      ...response.describe(startMs, endMs, hasResponse),
      operation: this.#format.operation,
      system: this.#context.systems.of(this.#exchange.host),
      requestModel,
      errorType: response.errorType ?? errorType,
    }
    this.#context.countTokens(record)
    this.#context.countCall(record)
  }
}

class Call implements SocketCall {
  requestModel: string | undefined
  hasResponse = false
  readonly startMs: number
  readonly response: LlmResponse
  /** When the call ended, or was complete; NaN before. */
  endMs = Number.NaN
  #onEnd: ((call: Call, errorType: string | undefined) => void) | undefined

  /** @param onEnd gets no error's type if there was no call */
  constructor(
    startMs: number,
    model: string | undefined,
    response: LlmResponse,
    onEnd: (call: Call, errorType: string | undefined) => void,
  ) {
    this.startMs = startMs
    this.requestModel = model
    this.response = response
    this.#onEnd = onEnd
  }

  get isComplete(): boolean {
    return !Number.isNaN(this.endMs)
  }

  complete(): void {
    if (!this.isComplete) this.endMs = performance.now()
  }

  end(errorType = ''): void {
    const wasComplete = this.isComplete
    this.complete()
    this.#finish(wasComplete ? '' : errorType)
  }

  discard(): void {
    this.#finish(undefined)
  }

  #finish(errorType: string | undefined): void {
    const onEnd = this.#onEnd
    this.#onEnd = undefined
    onEnd?.(this, errorType)
  }
}

/** Returns the model that the query of a handshake names. */
function findModel(target: string, parameters: readonly string[] = []): string | undefined {
  const query = target.indexOf('?')
  if (query === -1) return undefined
  const values = new URLSearchParams(target.slice(query))
  return parameters.map((name) => values.get(name)).find((value) => value !== null && value !== '') ?? undefined
}
