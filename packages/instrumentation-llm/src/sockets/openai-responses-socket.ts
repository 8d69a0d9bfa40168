import { openaiResponses } from '../formats/openai-responses.ts'
import { createOpenaiReader } from './openai-events.ts'
import type { SocketFormat } from './socket-format.ts'

/**
 * OpenAI's Responses over a WebSocket: the events of its streams, and one call after the other, or several at the same time on
 * lanes that the app names. {@link https://platform.openai.com/docs/guides/websocket-mode}
 */
export const openaiResponsesSocket: SocketFormat = {
  name: 'OpenAI Responses over a WebSocket',
  operation: openaiResponses.operation,
  paths: ['…/responses'],
  inputCounts: openaiResponses.inputCounts,
  outputCounts: openaiResponses.outputCounts,
  ...(openaiResponses.readDetails && { readDetails: openaiResponses.readDetails }),

  createReader: (calls) =>
    createOpenaiReader(calls, {
      errorsEndCalls: true,
      read: (event, { response }) => openaiResponses.read(event, response),
    }),
}
