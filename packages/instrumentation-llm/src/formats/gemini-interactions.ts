import { isJsonObject } from '../json-object.ts'
import type { Format } from './format.ts'
import { countOfModality } from './token-details.ts'

/**
 * Gemini's Interactions: {@link https://ai.google.dev/api/interactions-api}. As in generateContent, the output's count does
 * not include thoughts, and the input's does not include what tools returned. An agent's interaction names no model.
 */
export const geminiInteractions: Format = {
  name: 'Gemini Interactions',
  operation: 'generate_content',
  paths: ['…/interactions'],
  isPathShared: true,
  clientHeaders: ['x-goog-api-key', 'x-goog-user-project'],
  requestMembers: [['input']],
  backgroundPath: '…/interactions/{id}',
  responseMembers: ['id', 'status', 'model', 'usage', 'error'],
  relevantMessage: /"event_type"\s*:\s*"(?:error|interaction\.completed)"|"usage"\s*:\s*\{/,
  modelMessage: /"event_type"\s*:\s*"interaction\.created"/,
  lastEvent: '[DONE]',
  inputCounts: ['total_input_tokens', 'total_tool_use_tokens'],
  outputCounts: ['total_output_tokens', 'total_thought_tokens'],

  hasContent: (message) => /"event_type"\s*:\s*"(?:content|step)\.delta"/.test(message),

  readDetails: (usage) => ({
    input_cache_read: usage.total_cached_tokens,
    input_audio: countOfModality(usage.input_tokens_by_modality, 'audio', 'tokens'),
    output_reasoning: usage.total_thought_tokens,
    output_audio: countOfModality(usage.output_tokens_by_modality, 'audio', 'tokens'),
  }),

  read(message, response) {
    const { event_type: type, interaction, error } = message
    const { id, status, model, usage } = isJsonObject(interaction) ? interaction : message
    response.setModel(model)
    response.setUsage(usage)
    if (error || type === 'error') response.setError(error)
    if (type === 'interaction.completed') response.isFinished = true
    // A stream does not say whether its call would continue in the background without it.
    response.setProgress(id, status, type === undefined && !isJsonObject(usage))
  },

  matches: ({ status, event_type: type }) => typeof status === 'string' || typeof type === 'string',
}
