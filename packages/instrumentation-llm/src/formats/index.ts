import { anthropicMessages, vertexAnthropic } from './anthropic-messages.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { bedrockEmbed, bedrockInvoke } from './bedrock-invoke.ts'
import { cohereChat, cohereChatV1, cohereEmbed, cohereGenerate } from './cohere.ts'
import type { Format } from './format.ts'
import { geminiEmbed, geminiGenerate } from './gemini.ts'
import { geminiInteractions } from './gemini-interactions.ts'
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './ollama.ts'
import { openaiChat, vertexMistral } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiAudio, openaiImages } from './openai-media.ts'
import { openaiResponses } from './openai-responses.ts'
import { vercelEmbeddingModel, vercelImageModel, vercelLanguageModel } from './vercel-ai-gateway.ts'

/** Every format that is known. Of those whose path fits, the first is taken. */
const FORMATS: readonly Format[] = [
  openaiChat,
  openaiResponses,
  openaiEmbeddings,
  openaiCompletions,
  openaiImages,
  openaiAudio,
  anthropicMessages,
  vertexAnthropic,
  geminiGenerate,
  geminiEmbed,
  geminiInteractions,
  bedrockConverse,
  bedrockEmbed,
  bedrockInvoke,
  cohereChat,
  cohereChatV1,
  cohereGenerate,
  cohereEmbed,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbed,
  vertexMistral,
  vercelLanguageModel,
  vercelEmbeddingModel,
  vercelImageModel,
]

export interface FoundFormat {
  readonly format: Format
  /** The model that the path names, where it does. */
  readonly model: string | undefined
}

/** The format of a request, told by its method and its path alone. */
export function findFormat(method: string, target: string): FoundFormat | undefined {
  if (method !== 'POST') return undefined
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  for (const format of FORMATS) {
    const match = format.path.exec(path)
    if (match !== null) return { format, model: decode(match.groups?.model) }
  }
  return undefined
}

function decode(model: string | undefined): string | undefined {
  try {
    return model && decodeURIComponent(model)
  } catch {
    return model
  }
}
