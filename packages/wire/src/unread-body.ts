import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { guarded } from './guard.ts'

/** What Node's HTTP parser is, as far as it matters here. */
interface Parser {
  readonly incoming: IncomingMessage | null
  /** Its callbacks stand under numbers, which its class names. */
  [callback: number]: ((chunk: Uint8Array) => unknown) | undefined
}

/**
 * Counts what still arrives of a body that the app did not read. Once the response has ended, Node drops the rest in
 * the parser's body callback, before it reaches the message; so that callback of this one connection is listened to,
 * until the returned function is called.
 *
 * @returns undefined where there is no such parser: then the body's size cannot be known.
 */
export function countUnread(
  request: IncomingMessage,
  socket: Socket,
  count: (chunk: Uint8Array) => void,
): (() => void) | undefined {
  const { parser } = socket as Socket & { parser?: Parser | null }
  const { kOnBody } = (parser?.constructor ?? {}) as { kOnBody?: unknown }
  if (!parser || typeof kOnBody !== 'number' || typeof parser[kOnBody] !== 'function') return undefined

  const original = parser[kOnBody]
  const counted = guarded(count)
  function onBody(this: Parser, chunk: Uint8Array): unknown {
    if (this.incoming === request) counted(chunk)
    return original?.call(this, chunk)
  }
  parser[kOnBody] = onBody
  return () => {
    if (parser[kOnBody] === onBody) parser[kOnBody] = original
  }
}
