import type { Exchange } from '@agentgateway-otel/wire'

/** Only MCP clients send these headers. */
const MCP_HEADERS = ['mcp-session-id', 'mcp-protocol-version', 'mcp-method'] as const

export const SESSION_HEADER = MCP_HEADERS[0]
export const METHOD_HEADER = MCP_HEADERS[2]

export function hasMcpHeader(exchange: Exchange): boolean {
  for (const name of MCP_HEADERS) if (exchange.header(name) !== undefined) return true
  return false
}

export const acceptsEvents = (exchange: Exchange) => exchange.header('accept')?.includes('text/event-stream') === true

/** Returns whether the client accepts both types that Streamable HTTP requires it to accept with each POST. */
export const acceptsJsonAndEvents = (exchange: Exchange) =>
  acceptsEvents(exchange) && exchange.header('accept')?.includes('application/json') === true

/**
 * Returns whether a transport may listen to an exchange by its head, as long as no exchange before it was MCP's: later ones
 * may belong to a stream or a session that began with that.
 */
export function mayBeginMcp(exchange: Exchange): boolean {
  switch (exchange.method) {
    case 'POST':
      return (
        exchange.header('content-type')?.includes('json') || hasMcpHeader(exchange) || acceptsJsonAndEvents(exchange)
      )
    case 'GET':
      return acceptsEvents(exchange)
    case 'DELETE':
      return hasMcpHeader(exchange)
    default:
      return false
  }
}

/**
 * Returns what differs between servers that have the same path: the port that this process listens on, or the name of the
 * server that it calls.
 */
export const originOf = ({ side, host, socket }: Exchange) => (side === 'server' ? `${socket?.localPort ?? ''}` : host)

/** Returns what identifies an MCP server over HTTP: its origin, and the path without the query. */
export function endpointOf(exchange: Exchange): string {
  const { target } = exchange
  const query = target.indexOf('?')
  return originOf(exchange) + (query === -1 ? target : target.slice(0, query))
}

/** The headers in which two clients at the same address may differ. */
const CLIENT_HEADERS = [
  'user-agent',
  'authorization',
  'cookie',
  'x-forwarded-for',
  'forwarded',
  SESSION_HEADER,
] as const

/** Returns what distinguishes clients of one endpoint as far as an exchange shows it. Two clients may have the same. */
export function clientOf(exchange: Exchange): string {
  let client = exchange.socket?.remoteAddress ?? ''
  for (const name of CLIENT_HEADERS) client += `\n${exchange.header(name) ?? ''}`
  return client
}
