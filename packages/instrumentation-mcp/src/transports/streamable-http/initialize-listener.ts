import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import type { McpResponse } from '../../json-rpc.ts'
import { endpointOf, SESSION_HEADER } from '../request-head.ts'
import { createResponseReader, isSuccess } from '../response-reader.ts'
import { INITIALIZE, type SharedContext, sessionKeyOf } from './exchange-context.ts'

/**
 * Listens to a POST of JSON whose head does not look like MCP's. Some servers accept an `initialize` from a client that does not
 * accept event streams. It shows in a response that gives a session, and only such a response is read.
 */
export class InitializeListener implements ExchangeListener {
  readonly #exchange: Exchange
  readonly #shared: SharedContext
  readonly #deletionsBefore: number
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
    const read = createResponseReader(
      head,
      (response) => this.#count(response, sessionId),
      () => {},
    )
    if (read !== undefined) this.responseBody = read
  }

  #count(response: McpResponse, sessionId: string): void {
    if (!response.isInitializeResult || response.isError) return
    const { count, serverNames, sessions } = this.#shared
    const endpoint = endpointOf(this.#exchange)
    const { serverName } = response
    this.#exchange.protocol = 'mcp'
    if (serverName !== undefined) serverNames.learn(endpoint, serverName)
    const key = sessionKeyOf(endpoint, sessionId)
    if (key !== undefined) sessions.begin(key, serverName, this.#deletionsBefore)
    count(INITIALIZE, 'ok', response, serverName)
  }

  end(): void {}
}
