import { type Format, isMessage } from './format.ts'

/**
 * Gemini's Interactions: {@link https://ai.google.dev/api/interactions-api}. Thoughts and what tools gave back come on top
 * of output and input, as in generateContent. An agent's interaction names no model.
 */
export const geminiInteractions: Format = {
  name: 'Gemini Interactions',
  operation: 'generate_content',
  paths: ['…/interactions'],
  marks: ['x-goog-api-key', 'x-goog-user-project'],
  asks: [['input']],
  background: '…/interactions/{id}',
  members: ['id', 'status', 'model', 'usage', 'error'],
  notable: /"event_type"\s*:\s*"(?:error|interaction\.completed)"|"usage"\s*:\s*\{/,
  namesModel: /"event_type"\s*:\s*"interaction\.created"/,
  lastEvent: '[DONE]',
  inputTokens: ['total_input_tokens', 'total_tool_use_tokens'],
  outputTokens: ['total_output_tokens', 'total_thought_tokens'],

  read(message, answer) {
    const { event_type: type, interaction, error } = message
    const { id, status, model, usage } = isMessage(interaction) ? interaction : message
    answer.setModel(model)
    answer.setUsage(usage)
    if (error || type === 'error') answer.setError(error)
    if (type === 'interaction.completed') answer.isFinished = true
    // Streams do not say whether they go on in the background or end with their connection.
    answer.setProgress(id, status, type === undefined && !isMessage(usage))
  },

  isOwn: ({ status, event_type: type }) => typeof status === 'string' || typeof type === 'string',
}
