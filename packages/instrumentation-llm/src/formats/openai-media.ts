import { type Format, isMessage } from './format.ts'
import { AUDIO_INPUT, withAudio } from './hidden-tokens.ts'

/**
 * OpenAI's images and audio: the newer models report tokens, others seconds or nothing. Mistral's transcriptions name the
 * counts as chat does.
 */
const media: Omit<Format, 'name' | 'paths'> = {
  operation: 'generate_content',
  marks: ['x-stainless-lang'],
  members: ['model', 'usage', 'error'],
  notable: /"usage"\s*:\s*\{|"type"\s*:\s*"error"|"error"\s*:\s*[{"]/,
  lastEvent: '[DONE]',
  inputTokens: ['input_tokens', AUDIO_INPUT],
  outputTokens: ['output_tokens'],

  read({ type, model, usage, error }, answer) {
    answer.setModel(model)
    answer.setUsage(withAudio(withMediaNames(usage), ['input_tokens', 'output_tokens']))
    if (error) answer.setError(error)
    // `image_generation.completed`, `image_edit.completed`, `transcript.text.done`, `speech.audio.done`, Mistral's
    // `transcription.done`.
    if (isMessage(usage) && typeof type === 'string') answer.isFinished = true
  },
}

function withMediaNames(usage: unknown): unknown {
  if (!isMessage(usage)) return usage
  const { prompt_tokens: prompt, completion_tokens: completion } = usage
  return { input_tokens: prompt, output_tokens: completion, ...usage }
}

export const openaiImages: Format = {
  ...media,
  name: 'OpenAI Images',
  asks: [['prompt', 'image', 'images']],
  paths: [
    '…/deployments/{model}/images/generations',
    '…/deployments/{model}/images/edits',
    '…/images/generations',
    '…/images/edits',
    '…/images/variations',
  ],
}

export const openaiAudio: Format = {
  ...media,
  name: 'OpenAI Audio',
  asks: [['input', 'input_audio', 'file', 'file_id', 'file_url', 'url']],
  paths: [
    '…/deployments/{model}/audio/speech',
    '…/deployments/{model}/audio/transcriptions',
    '…/deployments/{model}/audio/translations',
    '…/audio/speech',
    '…/audio/transcriptions',
    '…/audio/translations',
  ],
}
