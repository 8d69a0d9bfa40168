import type { ResponseHead } from '@agentgateway-otel/wire'
import type { McpResponse } from '../../json-rpc.ts'
import { isEventStream, isSuccess } from '../response-reader.ts'
import { SessionListener } from './session-listener.ts'

/**
 * Listens to a GET or a DELETE. These carry no messages, so they are MCP's if their session is known, or if an MCP server
 * would respond in this way.
 */
export class ControlListener extends SessionListener {
  protected override onHead(head: ResponseHead): void {
    const { exchange } = this.context
    const { sessions } = this.context.shared
    const isStream = exchange.method === 'GET' && isSuccess(head.status) && isEventStream(head)
    if (head.status >= 400 || (isStream && this.session)) this.readResponses(head)
    if (this.session !== undefined || this.#isFromMcpServer(head)) this.markAsMcp()
    if (this.sessionKey !== undefined && exchange.method === 'DELETE') {
      if (isSuccess(head.status) || (head.status === 404 && this.session)) sessions.delete(this.sessionKey)
    } else if (this.session !== undefined && isSuccess(head.status)) {
      sessions.revive(this.session)
    }
  }

  #isFromMcpServer(head: ResponseHead): boolean {
    // A server without a stream of its own, or without sessions, has to refuse the method so.
    if (head.status === 405) return true
    if (!isSuccess(head.status)) return false
    return this.context.exchange.method === 'DELETE' || isEventStream(head)
  }

  override onResponse(response: McpResponse): void {
    this.markAsMcp()
    if (this.status < 400) this.session?.posts?.resolve(response)
    // The 404 of a GET may mean that there is no such route. With a JSON-RPC error it means that there is no such session.
    else if (this.status === 404 && this.session !== undefined) this.context.shared.sessions.end(this.session)
  }
}
