import { isJsonObject } from '../json-object.ts'
import type { Format } from './format.ts'
import { SEPARATE_AUDIO, withAudio } from './hidden-tokens.ts'
import { readOpenaiDetails } from './token-details.ts'

/**
 * OpenAI's images and audio. The newer models report tokens, others seconds or nothing. Mistral's transcriptions name the
 * counts as its chat does.
 */
const media: Omit<Format, 'name' | 'paths'> = {
  operation: 'generate_content',
  isPathShared: true,
  clientHeaders: ['x-stainless-lang'],
  responseMembers: ['model', 'usage', 'error'],
  relevantMessage: /"usage"\s*:\s*\{|"type"\s*:\s*"error"|"error"\s*:\s*[{"]/,
  lastEvent: '[DONE]',
  inputCounts: ['input_tokens', SEPARATE_AUDIO],
  outputCounts: ['output_tokens'],

  hasContent: (message) =>
    /"type"\s*:\s*"(?:[\w.]+\.delta|image_\w+\.(?:partial_image|completed)|transcript\.text\.(?:segment|done))"/.test(
      message,
    ),

  readDetails: readOpenaiDetails('input_token_details', 'output_token_details'),

  read({ type, model, usage, error }, response) {
    response.setModel(model)
    response.setUsage(withAudio(withMediaNames(usage), ['input_tokens', 'output_tokens']))
    if (error) response.setError(error)
    // The last event is `image_generation.completed`, `image_edit.completed`, `transcript.text.done`, `speech.audio.done`
    // or, at Mistral, `transcription.done`.
    if (isJsonObject(usage) && typeof type === 'string') response.isFinished = true
  },
}

/** Adds the counts of a chat's usage under the names that OpenAI's images and audio have for them. */
function withMediaNames(usage: unknown): unknown {
  if (!isJsonObject(usage)) return usage
  const { prompt_tokens: prompt, completion_tokens: completion } = usage
  return { input_tokens: prompt, output_tokens: completion, ...usage }
}

export const openaiImages: Format = {
  ...media,
  name: 'OpenAI Images',
  requestMembers: [['prompt', 'image', 'images']],
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
  requestMembers: [['input', 'input_audio', 'file', 'file_id', 'file_url', 'url']],
  paths: [
    '…/deployments/{model}/audio/speech',
    '…/deployments/{model}/audio/transcriptions',
    '…/deployments/{model}/audio/translations',
    '…/audio/speech',
    '…/audio/transcriptions',
    '…/audio/translations',
  ],
}
