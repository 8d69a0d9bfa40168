import type { Exchange } from '@agentgateway-otel/wire'

/** Nobody but a client of MCP sends these. */
const HEADERS = ['mcp-session-id', 'mcp-protocol-version', 'mcp-method'] as const

export const SESSION_HEADER = HEADERS[0]

export const isMarked = (exchange: Exchange) => HEADERS.some((name) => exchange.header(name) !== undefined)

export const isSuccess = (status: number) => status >= 200 && status < 300

/** What tells servers apart that have a path in common: the port that this process listens on, or the other end's name. */
export const originOf = ({ side, host, socket }: Exchange) => (side === 'server' ? `${socket?.localPort ?? ''}` : host)

/** Where an MCP server is: its origin, and the path without the query. */
export function endpointOf(exchange: Exchange): string {
  const { target } = exchange
  const query = target.indexOf('?')
  return originOf(exchange) + (query === -1 ? target : target.slice(0, query))
}
