import { readOpenaiDetails } from '../formats/token-details.ts'
import { isJsonObject, type JsonObject, member } from '../json-object.ts'
import { createOpenaiReader } from './openai-events.ts'
import type { SocketFormat } from './socket-format.ts'

/** How many inputs of sound may wait for their transcription. */
const MAX_WAITING_INPUTS = 100

/**
 * OpenAI's Realtime, also at Azure and at others that have it: {@link https://platform.openai.com/docs/guides/realtime}. Each
 * response is a call, whether the app asked for it or a speaker's silence did. So is each transcription of what a speaker said,
 * which a model of its own makes.
 */
export const openaiRealtime: SocketFormat = {
  name: 'OpenAI Realtime',
  operation: 'chat',
  paths: ['…/realtime'],
  modelParameters: ['model', 'deployment'],
  inputCounts: ['input_tokens'],
  outputCounts: ['output_tokens'],
  readDetails: readOpenaiDetails('input_token_details', 'output_token_details'),

  createReader(calls) {
    let sessionModel: unknown
    let transcriptionModel: unknown
    /** When each input of sound was complete, by its item's id. */
    const committedMs = new Map<unknown, number>()

    function transcribed(event: JsonObject, error: unknown): void {
      const call = calls.begin(committedMs.get(event.item_id))
      committedMs.delete(event.item_id)
      call.hasResponse = error === undefined
      call.requestModel = typeof transcriptionModel === 'string' ? transcriptionModel : undefined
      call.response.setUsage(event.usage)
      if (error !== undefined) call.response.setError(error)
      call.end()
    }

    return createOpenaiReader(calls, {
      errorsEndCalls: false,
      otherEvents:
        /^(?:(?:transcription_)?session\.(?:created|updated)|input_audio_buffer\.committed|conversation\.item\.input_audio_transcription\.(?:completed|failed))$/,
      read({ response }, call) {
        const { status, status_details: details, usage } = isJsonObject(response) ? response : {}
        call.response.setModel(sessionModel)
        call.response.setUsage(usage)
        const error = member(details, 'error')
        if (status === 'failed') call.response.setError(isJsonObject(error) ? error : { code: status })
        else if (status === 'cancelled') call.response.setError({ code: status })
      },
      readOther(event, type) {
        const { session, item_id: itemId, error } = event
        if (isJsonObject(session)) {
          sessionModel = session.model ?? sessionModel
          const input = member(session.audio, 'input')
          const transcription = member(input, 'transcription') ?? session.input_audio_transcription
          transcriptionModel = member(transcription, 'model') ?? transcriptionModel
        } else if (type === 'input_audio_buffer.committed') {
          if (committedMs.size < MAX_WAITING_INPUTS) committedMs.set(itemId, calls.now())
        } else if (type.endsWith('.completed') || type.endsWith('.failed')) {
          transcribed(event, type.endsWith('.failed') ? (error ?? {}) : undefined)
        }
      },
    })
  },
}
