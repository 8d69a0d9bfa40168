import type { Api } from '../api.ts'
import { aiGatewayEmbeddingModel, aiGatewayLanguageModel, aiGatewayRerankingModel } from './ai-gateway.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import { bedrockBidirectional } from './bedrock-bidirectional.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { bedrockInvoke } from './bedrock-invoke.ts'
import { cloudflareWorkersAi } from './cloudflare-workers-ai.ts'
import { cohereChat, cohereEmbed, cohereRerank } from './cohere.ts'
import { databricks } from './databricks.ts'
import { geminiEmbed, geminiGenerate, imagen } from './gemini.ts'
import { geminiInteractions } from './gemini-interactions.ts'
import { lmStudioChat } from './lm-studio.ts'
import { mistralConversations } from './mistral-conversations.ts'
import { mistralTranscriptions } from './mistral-transcriptions.ts'
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './ollama.ts'
import { openaiAssistants } from './openai-assistants.ts'
import { gemini, groq, llamaCpp, mistral, openai } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiDecisions } from './openai-decisions.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiResponses } from './openai-responses.ts'
import { tgi } from './tgi.ts'
import { voyageMultimodal, voyageRerank } from './voyage.ts'
import { watsonxChat, watsonxEmbeddings, watsonxGeneration } from './watsonx.ts'

/** Every API that the provider has. Their paths do not overlap. */
export const APIS: readonly Api[] = [
  openai,
  mistral,
  groq,
  gemini,
  llamaCpp,
  mistralTranscriptions,
  lmStudioChat,
  openaiCompletions,
  openaiResponses,
  watsonxChat,
  watsonxGeneration,
  watsonxEmbeddings,
  openaiEmbeddings,
  openaiDecisions,
  openaiAssistants,
  mistralConversations,
  anthropicMessages,
  geminiGenerate,
  geminiEmbed,
  imagen,
  geminiInteractions,
  bedrockConverse,
  bedrockInvoke,
  bedrockBidirectional,
  cohereChat,
  cohereEmbed,
  cohereRerank,
  voyageMultimodal,
  voyageRerank,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbed,
  aiGatewayLanguageModel,
  aiGatewayEmbeddingModel,
  aiGatewayRerankingModel,
  cloudflareWorkersAi,
  databricks,
  tgi,
]
