import type { Exchange } from '@agentgateway-otel/wire'

/** Whether an exchange is the handshake of a WebSocket (RFC 6455, 4.1). undici does not show the header `upgrade`. */
export const isWebSocket = (exchange: Exchange): boolean =>
  exchange.method === 'GET' && exchange.header('sec-websocket-key') !== undefined
