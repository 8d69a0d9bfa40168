import type { Exchange } from '@agentgateway-otel/wire'
import type { Call } from './json-rpc.ts'
import { METHOD_HEADER } from './transports/endpoint.ts'

const [BASE64_BEGIN, BASE64_END] = ['=?base64?', '?=']

/**
 * The message of a POST whose body nobody saw, because it was never sent: from 2026-07-28 on the head says what it is,
 * before that only that there was one.
 */
export function readUnseenCall(exchange: Exchange): Call {
  return {
    method: exchange.header(METHOD_HEADER) ?? '',
    name: decode(exchange.header('mcp-name') ?? ''),
    id: undefined,
    cancels: undefined,
    version: undefined,
  }
}

/** Names that are no plain ASCII are sent in Base64. */
function decode(value: string): string {
  if (!value.startsWith(BASE64_BEGIN) || !value.endsWith(BASE64_END)) return value
  return Buffer.from(value.slice(BASE64_BEGIN.length, -BASE64_END.length), 'base64').toString()
}
