import { countOfModality } from '../formats/token-details.ts'
import { isJsonObject } from '../json-object.ts'
import { modelOfResource } from '../model-resource.ts'
import { beginningOf, parseMessage } from './message-text.ts'
import type { SocketCall, SocketFormat } from './socket-format.ts'

/** RFC 6455: 7.4.1, the purpose for which the connection was made has been fulfilled. */
const NORMAL_CLOSURE = 1000

/** Sound and pictures that the app sends without a pause. They are most of what it sends, and nothing of it is of interest. */
const MEDIA = /^\s*\{\s*"realtime_?[iI]nput"\s*:\s*\{\s*"(?:audio|video|media|media_?[cC]hunks)"/

/**
 * Gemini Live, at Google AI and on Vertex AI: {@link https://ai.google.dev/api/live}. A call is a turn of the model: it ends
 * with `turnComplete`, or, after the model has called a tool, as the app sends the tool's result, with which the next one begins.
 */
export const geminiLive: SocketFormat = {
  name: 'Gemini Live',
  operation: 'generate_content',
  paths: [
    '….GenerativeService.BidiGenerateContent',
    '….GenerativeService.BidiGenerateContentConstrained',
    '….LlmBidiService/BidiGenerateContent',
  ],
  inputCounts: ['promptTokenCount', 'toolUsePromptTokenCount'],
  outputCounts: ['responseTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount'],

  readDetails: (usage) => ({
    input_cache_read: usage.cachedContentTokenCount,
    input_audio: countOfModality(usage.promptTokensDetails, 'audio', 'tokenCount'),
    output_reasoning: usage.thoughtsTokenCount,
    output_audio: countOfModality(usage.responseTokensDetails, 'audio', 'tokenCount'),
  }),

  createReader(calls) {
    let model: string | undefined
    /** The call for the session itself, until the provider has accepted it. */
    let setup: SocketCall | undefined
    let turn: SocketCall | undefined
    /** Whether the turn has ended but its usage has not come, which may be in the next message. */
    let isUsageAwaited = false
    let isWaitingForTool = false
    /** When the app sent what the model answers. */
    let askedMs: number | undefined

    function beginTurn(): SocketCall {
      if (turn === undefined) {
        turn = calls.begin(askedMs)
        turn.requestModel = model
        turn.hasResponse = true
        askedMs = undefined
      }
      return turn
    }

    function endTurn(): void {
      turn?.end()
      turn = undefined
      isWaitingForTool = false
      isUsageAwaited = false
    }

    return {
      sent(message) {
        if (MEDIA.test(beginningOf(message))) return
        const value = parseMessage(message)
        if (value === undefined) return
        if (isJsonObject(value.setup)) {
          model = modelOfResource(value.setup.model)
          setup ??= calls.begin()
          setup.requestModel = model
          return
        }
        const hasToolResult = (value.toolResponse ?? value.tool_response) !== undefined
        if (isWaitingForTool && hasToolResult) endTurn()
        askedMs = calls.now()
      },
      received(message) {
        const value = parseMessage(message)
        if (value === undefined) return
        // The session is no call, unless it fails.
        setup?.discard()
        setup = undefined
        const content = isJsonObject(value.serverContent) ? value.serverContent : {}
        const isToolCall = isJsonObject(value.toolCall)
        const isContent = isToolCall || content.modelTurn !== undefined || content.outputTranscription !== undefined
        const usage = findUsage(value.usageMetadata)
        // Other messages, such as those about the session, may come before the usage.
        if (isUsageAwaited && (isContent || (usage === undefined && value.serverContent !== undefined))) endTurn()
        if (isContent) {
          const { response } = beginTurn()
          if (response.awaitsContent) response.noteMessage(true)
        }
        if (isToolCall) isWaitingForTool = true
        turn?.response.setUsage(usage)
        if (content.turnComplete === true) turn?.complete()
        if (!turn?.isComplete) return
        if (turn.response.hasUsage) endTurn()
        else isUsageAwaited = true
      },
      closed(by, code) {
        if (setup !== undefined && (by === 'app' || code === NORMAL_CLOSURE)) setup.discard()
      },
    }
  },
}

const findUsage = (usage: unknown) =>
  isJsonObject(usage) && Object.keys(usage).some((name) => name.endsWith('Count')) ? usage : undefined
