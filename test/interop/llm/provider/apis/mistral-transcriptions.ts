import { type Api, EVENT_STREAM, event, json, type Plan, TEXT, TRICKY } from '../api.ts'
import { openaiRefusal } from './openai-chat.ts'

/** The audio's tokens, 375 for every 30 seconds, are only in the total. */
const done = ({ model, tokens: { input, output } }: Plan, text: string) => ({
  model,
  text,
  language: 'de',
  segments: [],
  usage: {
    prompt_audio_seconds: 40,
    prompt_tokens: input - 750,
    completion_tokens: output,
    total_tokens: input + output,
  },
})

/** https://docs.mistral.ai/api: audio transcriptions. */
export const mistralTranscriptions: Api = {
  operation: 'generate_content',
  details: { input_audio: 750 },
  path: /^\/mistral\/v1\/audio\/transcriptions$/,
  refusal: openaiRefusal,
  whole: (plan) => json(done(plan, TEXT), { model: plan.model, tokens: plan.tokens }),

  stream(plan) {
    const of = (type: string, members: object) => event({ type, ...members }, type)
    return {
      contentType: EVENT_STREAM,
      begin: { bytes: of('transcription.language', { audio_language: 'de' }) },
      text: { bytes: of('transcription.text.delta', { text: TRICKY }) },
      error: {
        bytes: of('error', { error: { type: 'server_error', message: 'requested by the test' } }),
        type: 'server_error',
      },
      finish: { bytes: of('transcription.done', done(plan, TRICKY)), model: plan.model, tokens: plan.tokens },
    }
  },
}
