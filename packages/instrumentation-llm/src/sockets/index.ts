import { geminiLive } from './gemini-live.ts'
import { openaiRealtime } from './openai-realtime.ts'
import { openaiResponsesSocket } from './openai-responses-socket.ts'
import type { SocketFormat } from './socket-format.ts'

/** All formats of calls over WebSockets. */
export const SOCKET_FORMATS: readonly SocketFormat[] = [openaiRealtime, openaiResponsesSocket, geminiLive]

const ENDS = SOCKET_FORMATS.flatMap((format) => format.paths.map((path) => ({ format, end: path.slice(1) })))

/** Finds the format of a WebSocket by the target of its handshake. */
export function findSocketFormat(target: string): SocketFormat | undefined {
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  return ENDS.find(({ end }) => path.endsWith(end))?.format
}
