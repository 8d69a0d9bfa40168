import { isJsonObject, member } from '../json-object.ts'
import type { Format } from './format.ts'

/**
 * LM Studio's own API: {@link https://lmstudio.ai/docs/developer/rest/chat}. A stream's last event contains the whole
 * response; an error comes before it. It has to come before Cohere's Chat, whose path is the end of this one.
 */
export const lmStudioChat: Format = {
  name: 'LM Studio chat',
  operation: 'chat',
  paths: ['…/api/v1/chat'],
  isPathShared: true,
  requestMembers: [['input']],
  responseMembers: ['model_instance_id', 'stats', 'error'],
  relevantMessage: /"type"\s*:\s*"(?:chat\.end|error)"/,
  modelMessage: /"type"\s*:\s*"chat\.start"/,
  inputCounts: ['input_tokens'],
  outputCounts: ['total_output_tokens'],

  hasContent: (message) => /"type"\s*:\s*"(?:message|reasoning)\.delta"|"type"\s*:\s*"tool_call\./.test(message),

  readDetails: (stats) => ({ output_reasoning: stats.reasoning_output_tokens }),

  read({ type, result, model_instance_id: model, stats, error }, response) {
    response.setModel(model ?? member(result, 'model_instance_id'))
    response.setUsage(stats ?? member(result, 'stats'))
    if (error) response.setError(error)
    if (type === 'chat.end') response.isFinished = true
  },

  matches: ({ type, stats }) => isJsonObject(stats) || String(type).startsWith('chat.'),
}
