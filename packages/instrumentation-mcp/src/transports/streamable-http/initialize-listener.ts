import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import type { McpResponse } from '../../json-rpc.ts'
import { endpointOf, SESSION_HEADER } from '../request-head.ts'
import { createResponseReader, isSuccess, type ResponseListener } from '../response-reader.ts'
import { initializeOf, type SharedContext, sessionKeyOf } from './exchange-context.ts'

/**
 * Listens to a POST of JSON whose head does not look like MCP's. Some servers accept an `initialize` from a client that does not
 * accept event streams. It shows in a response that gives a session, and only such a response is read.
 */
export class InitializeListener implements ExchangeListener, ResponseListener {
  readonly #exchange: Exchange
  readonly #shared: SharedContext
  readonly #deletionsBefore: number
  #sessionId = ''
  responseBody?: (chunk: Uint8Array) => void

  constructor(exchange: Exchange, shared: SharedContext) {
    this.#exchange = exchange
    this.#shared = shared
    this.#deletionsBefore = shared.sessions.deletions
  }

  response(head: ResponseHead): void {
    if (!isSuccess(head.status)) return
    const sessionId = head.header(SESSION_HEADER)
    if (sessionId === undefined) return
    this.#sessionId = sessionId
    const reader = createResponseReader(head, this)
    if (reader !== undefined) this.responseBody = (chunk) => reader.push(chunk)
  }

  now(): number {
    return this.#shared.now()
  }

  onResponse(response: McpResponse): void {
    if (!response.isInitializeResult || response.isError) return
    const { count, serverNames, sessions } = this.#shared
    const endpoint = endpointOf(this.#exchange)
    const { serverName } = response
    this.#exchange.protocol = 'mcp'
    if (serverName !== undefined) serverNames.learn(endpoint, serverName)
    const key = sessionKeyOf(endpoint, this.#sessionId)
    if (key !== undefined) sessions.begin(key, serverName, this.#deletionsBefore)
    count(initializeOf(this.#exchange), 'ok', response, serverName, response.endMs)
  }

  end(): void {}
}
