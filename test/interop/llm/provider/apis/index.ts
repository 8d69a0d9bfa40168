import type { Api } from '../api.ts'
import { aiGatewayEmbeddingModel, aiGatewayLanguageModel } from './ai-gateway.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { bedrockInvoke } from './bedrock-invoke.ts'
import { cohereChat, cohereEmbed } from './cohere.ts'
import { geminiEmbed, geminiGenerate } from './gemini.ts'
import { geminiInteractions } from './gemini-interactions.ts'
import { lmStudioChat } from './lm-studio.ts'
import { mistralTranscriptions } from './mistral-transcriptions.ts'
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './ollama.ts'
import { gemini, groq, llamaCpp, mistral, openai } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiResponses } from './openai-responses.ts'

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
  openaiEmbeddings,
  anthropicMessages,
  geminiGenerate,
  geminiEmbed,
  geminiInteractions,
  bedrockConverse,
  bedrockInvoke,
  cohereChat,
  cohereEmbed,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbed,
  aiGatewayLanguageModel,
  aiGatewayEmbeddingModel,
]
