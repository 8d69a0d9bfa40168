import { type Format, isMessage, member } from './format.ts'

/**
 * LM Studio's own API: {@link https://lmstudio.ai/docs/developer/rest/chat}. The last event of a stream has the whole
 * response in it; an error comes before it. Has to stand before Cohere's Chat, whose path ends alike.
 */
export const lmStudioChat: Format = {
  name: 'LM Studio chat',
  operation: 'chat',
  paths: ['…/api/v1/chat'],
  marks: [],
  asks: [['input']],
  members: ['model_instance_id', 'stats', 'error'],
  notable: /"type"\s*:\s*"(?:chat\.end|error)"/,
  namesModel: /"type"\s*:\s*"chat\.start"/,
  inputTokens: ['input_tokens'],
  outputTokens: ['total_output_tokens'],

  read({ type, result, model_instance_id: model, stats, error }, answer) {
    answer.setModel(model ?? member(result, 'model_instance_id'))
    answer.setUsage(stats ?? member(result, 'stats'))
    if (error) answer.setError(error)
    if (type === 'chat.end') answer.isFinished = true
  },

  isOwn: ({ type, stats }) => isMessage(stats) || String(type).startsWith('chat.'),
}
