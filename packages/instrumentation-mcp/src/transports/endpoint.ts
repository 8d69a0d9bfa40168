import type { Exchange } from '@agentgateway-otel/wire'

/** Nobody but a client of MCP sends these. */
const HEADERS = ['mcp-session-id', 'mcp-protocol-version', 'mcp-method'] as const

export const SESSION_HEADER = HEADERS[0]
export const METHOD_HEADER = HEADERS[2]

export const isMarked = (exchange: Exchange) => HEADERS.some((name) => exchange.header(name) !== undefined)

/** A client of Streamable HTTP has to accept both, at each POST. */
export function acceptsBoth(exchange: Exchange): boolean {
  const accept = exchange.header('accept') ?? ''
  return accept.includes('text/event-stream') && accept.includes('application/json')
}

export const isSuccess = (status: number) => status >= 200 && status < 300

/** What tells servers apart that have a path in common: the port that this process listens on, or the other end's name. */
export const originOf = ({ side, host, socket }: Exchange) => (side === 'server' ? `${socket?.localPort ?? ''}` : host)

/** Where an MCP server is: its origin, and the path without the query. */
export function endpointOf(exchange: Exchange): string {
  const { target } = exchange
  const query = target.indexOf('?')
  return originOf(exchange) + (query === -1 ? target : target.slice(0, query))
}

/** What two clients that send from the same address may differ in. */
const CLIENT_HEADERS = [
  'user-agent',
  'authorization',
  'cookie',
  'x-forwarded-for',
  'forwarded',
  SESSION_HEADER,
] as const

/** What tells clients of one endpoint apart, as far as an exchange shows it; different for different clients at best. */
export function clientOf(exchange: Exchange): string {
  let client = exchange.socket?.remoteAddress ?? ''
  for (const name of CLIENT_HEADERS) client += `\n${exchange.header(name) ?? ''}`
  return client
}
