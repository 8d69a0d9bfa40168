import type { Format } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/**
 * Databricks' model serving, at an endpoint's own path:
 * {@link https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference}. Models of any kind are
 * served there, so only a request with messages is a call. Databricks' OpenAI-compatible endpoints have the formats of
 * OpenAI.
 */
export const databricksChat: Format = {
  ...openaiChat,
  name: 'Databricks model serving, chat',
  paths: ['…/serving-endpoints/{model}/invocations'],
  isPathShared: true,
  requestMembers: [['messages']],
  rejectsOtherRequests: true,
}
