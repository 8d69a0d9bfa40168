import { anthropicMessages, vertexAnthropic } from './anthropic-messages.ts'
import { bedrockBidirectional } from './bedrock-bidirectional.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { bedrockEmbed, bedrockInvoke } from './bedrock-invoke.ts'
import { cloudflareEmbeddings, cloudflareWorkersAi } from './cloudflare-workers-ai.ts'
import { cohereChat, cohereChatV1, cohereEmbed, cohereGenerate } from './cohere.ts'
import { databricksChat } from './databricks.ts'
import { decisions } from './decisions.ts'
import type { Format } from './format.ts'
import { geminiEmbed, geminiGenerate } from './gemini.ts'
import { geminiInteractions } from './gemini-interactions.ts'
import { imagen } from './imagen.ts'
import { lmStudioChat } from './lm-studio.ts'
import { mistralConversations } from './mistral-conversations.ts'
import { mistralOcr } from './mistral-ocr.ts'
import { ociChat } from './oci-generative-ai.ts'
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './ollama.ts'
import { openaiAssistants } from './openai-assistants.ts'
import { geminiOpenaiChat, openaiChat, vertexMistral } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiAudio, openaiImages } from './openai-media.ts'
import { openaiResponses } from './openai-responses.ts'
import { openrouterImages } from './openrouter-images.ts'
import { rerank } from './rerank.ts'
import { snowflakeCortex } from './snowflake.ts'
import { tgi } from './tgi.ts'
import {
  vercelDecisionModel,
  vercelEmbeddingModel,
  vercelImageModel,
  vercelLanguageModel,
  vercelMediaModel,
  vercelRerankingModel,
} from './vercel-ai-gateway.ts'
import { vertexEmbeddings } from './vertex-embeddings.ts'
import { voyageEmbeddings } from './voyage-embeddings.ts'
import { watsonxChat, watsonxEmbeddings, watsonxGeneration, watsonxRerank } from './watsonx.ts'

/** All formats. If several match a path, the first one is used. */
export const FORMATS: readonly Format[] = [
  geminiOpenaiChat,
  openaiChat,
  openaiResponses,
  // These have to come before the formats whose paths theirs end with.
  watsonxEmbeddings,
  watsonxRerank,
  openaiEmbeddings,
  openaiCompletions,
  openaiImages,
  openaiAudio,
  openaiAssistants,
  decisions,
  anthropicMessages,
  vertexAnthropic,
  geminiGenerate,
  geminiEmbed,
  geminiInteractions,
  vertexEmbeddings,
  imagen,
  bedrockConverse,
  bedrockEmbed,
  bedrockInvoke,
  bedrockBidirectional,
  cohereChat,
  lmStudioChat,
  cohereChatV1,
  cohereGenerate,
  cohereEmbed,
  rerank,
  voyageEmbeddings,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbed,
  mistralConversations,
  mistralOcr,
  vertexMistral,
  vercelLanguageModel,
  vercelEmbeddingModel,
  vercelImageModel,
  vercelDecisionModel,
  vercelRerankingModel,
  vercelMediaModel,
  openrouterImages,
  watsonxChat,
  watsonxGeneration,
  databricksChat,
  snowflakeCortex,
  ociChat,
  cloudflareEmbeddings,
  cloudflareWorkersAi,
  tgi,
]
