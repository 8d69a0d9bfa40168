import { type Format, isMessage } from './format.ts'

/** OpenAI's images and audio: the newer models tell tokens, others seconds or nothing. */
const media: Omit<Format, 'name' | 'paths'> = {
  operation: 'generate_content',
  marks: ['x-stainless-lang'],
  members: ['model', 'usage', 'error'],
  notable: /"usage"\s*:\s*\{|"type"\s*:\s*"error"|"error"\s*:\s*[{"]/,
  lastEvent: '[DONE]',
  inputTokens: ['input_tokens'],
  outputTokens: ['output_tokens'],

  read({ type, model, usage, error }, answer) {
    answer.setModel(model)
    answer.setUsage(usage)
    if (error) answer.setError(error)
    // `image_generation.completed`, `image_edit.completed`, `transcript.text.done`, `speech.audio.done`.
    if (isMessage(usage) && typeof type === 'string') answer.isFinished = true
  },
}

export const openaiImages: Format = {
  ...media,
  name: 'OpenAI Images',
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
  paths: [
    '…/deployments/{model}/audio/speech',
    '…/deployments/{model}/audio/transcriptions',
    '…/deployments/{model}/audio/translations',
    '…/audio/speech',
    '…/audio/transcriptions',
    '…/audio/translations',
  ],
}
