import type { Format } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/**
 * Databricks' model serving, at an endpoint's own path:
 * {@link https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference}. Any model is served
 * there, so a call is what has messages. Its endpoints that are compatible with OpenAI's are these.
 */
export const databricksChat: Format = {
  ...openaiChat,
  name: 'Databricks model serving, chat',
  paths: ['…/serving-endpoints/{model}/invocations'],
  marks: [],
  asks: [['messages']],
  isStrict: true,
}
