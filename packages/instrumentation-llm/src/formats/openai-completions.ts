import type { Format } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/** OpenAI's legacy Completions, those of self-hosted servers, and Mistral's fill-in-the-middle. */
export const openaiCompletions: Format = {
  ...openaiChat,
  name: 'OpenAI Completions (legacy), Mistral FIM',
  operation: 'text_completion',
  paths: ['…/deployments/{model}/completions', '…/completions'],
  isPathShared: true,
  clientHeaders: ['x-stainless-lang'],
  requestMembers: [['prompt', 'prompt_embeds']],
}
