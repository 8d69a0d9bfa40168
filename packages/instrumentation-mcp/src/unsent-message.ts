import type { Exchange } from '@agentgateway-otel/wire'
import type { ClientMessage } from './json-rpc.ts'
import { METHOD_HEADER } from './transports/request-head.ts'

const [BASE64_BEGIN, BASE64_END] = ['=?base64?', '?=']

/**
 * Returns the message of a POST whose body was never sent, because no connection was made. From 2026-07-28 on the headers
 * show what it is; before that, it is known only that there was one.
 */
export function readUnsentMessage(exchange: Exchange): ClientMessage {
  return {
    method: exchange.header(METHOD_HEADER) ?? '',
    name: decode(exchange.header('mcp-name') ?? ''),
    id: undefined,
    cancels: undefined,
    version: undefined,
    startMs: exchange.startMs,
  }
}

/** Clients send names that are not plain ASCII in Base64. */
function decode(value: string): string {
  if (!value.startsWith(BASE64_BEGIN) || !value.endsWith(BASE64_END)) return value
  return Buffer.from(value.slice(BASE64_BEGIN.length, -BASE64_END.length), 'base64').toString()
}
