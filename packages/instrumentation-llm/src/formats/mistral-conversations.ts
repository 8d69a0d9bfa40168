import { isJsonObject, member } from '../json-object.ts'
import type { Format } from './format.ts'
import { readOpenaiDetails } from './token-details.ts'

/**
 * Mistral's Conversations, on which its Agents run: {@link https://docs.mistral.ai/api/endpoint/beta/conversations}. What
 * connectors (web search, code interpreter and others) bring into the conversation has a count of its own, which is part of
 * the input: the total is the sum of all three. OpenAI has conversations at the same path, which call no model and have no
 * `inputs`.
 */
export const mistralConversations: Format = {
  name: 'Mistral Conversations',
  operation: 'chat',
  paths: ['…/v1/conversations', '…/v1/conversations/{id}/restart', '…/v1/conversations/{id}'],
  isPathShared: true,
  requestMembers: [['inputs', 'tool_confirmations']],
  rejectsOtherRequests: true,
  responseMembers: ['outputs', 'usage'],
  relevantMessage: /"type"\s*:\s*"conversation\.response\.(?:done|error)"/,
  modelMessage: /"model"\s*:\s*"/,
  inputCounts: ['prompt_tokens', 'connector_tokens'],
  outputCounts: ['completion_tokens'],

  hasContent: (message) => /"type"\s*:\s*"(?:message\.output|function\.call)\.delta"/.test(message),

  readDetails: readOpenaiDetails('prompt_tokens_details', 'completion_tokens_details'),

  read({ type, model, outputs, usage, code }, response) {
    response.setModel(model ?? findModel(outputs))
    response.setUsage(usage)
    if (type === 'conversation.response.error') response.setError({ code })
    if (type === 'conversation.response.done') response.isFinished = true
  },
}

/** Returns the model of the last output that names one. The outputs of tools come first and name none. */
function findModel(outputs: unknown): unknown {
  if (!Array.isArray(outputs)) return undefined
  return member(
    outputs.findLast((output) => isJsonObject(output) && typeof output.model === 'string'),
    'model',
  )
}
