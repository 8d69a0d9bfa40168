import type { Format } from './format.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'

/**
 * Voyage's embeddings for which OpenAI has no counterpart:
 * {@link https://docs.voyageai.com/reference/multimodal-embeddings-api}.
 */
export const voyageEmbeddings: Format = {
  ...openaiEmbeddings,
  name: 'Voyage multimodal and contextualized embeddings',
  paths: ['…/multimodalembeddings', '…/contextualizedembeddings'],
  requestMembers: [['inputs']],
}
