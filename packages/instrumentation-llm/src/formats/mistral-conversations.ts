import { type Format, isMessage, member } from './format.ts'

/**
 * Mistral's Conversations, which its Agents run on: {@link https://docs.mistral.ai/api/endpoint/beta/conversations}. What
 * the connectors (web search, code interpreter and others) bring into the conversation is told apart from the prompt, and
 * is input too: the total is the sum of all three. OpenAI has conversations at the same path, which call no model and take
 * no `inputs`.
 */
export const mistralConversations: Format = {
  name: 'Mistral Conversations',
  operation: 'chat',
  paths: ['…/v1/conversations', '…/v1/conversations/{id}/restart', '…/v1/conversations/{id}'],
  marks: [],
  asks: [['inputs', 'tool_confirmations']],
  isStrict: true,
  members: ['outputs', 'usage'],
  notable: /"type"\s*:\s*"conversation\.response\.(?:done|error)"/,
  namesModel: /"model"\s*:\s*"/,
  inputTokens: ['prompt_tokens', 'connector_tokens'],
  outputTokens: ['completion_tokens'],

  read({ type, model, outputs, usage, code }, answer) {
    answer.setModel(model ?? modelOf(outputs))
    answer.setUsage(usage)
    if (type === 'conversation.response.error') answer.setError({ code })
    if (type === 'conversation.response.done') answer.isFinished = true
  },
}

/** Tools that the model called have an entry without a model before its message. */
function modelOf(outputs: unknown): unknown {
  if (!Array.isArray(outputs)) return undefined
  return member(
    outputs.findLast((entry) => isMessage(entry) && typeof entry.model === 'string'),
    'model',
  )
}
