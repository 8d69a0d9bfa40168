import { anthropicMessages, vertexAnthropic } from './anthropic-messages.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { bedrockEmbed, bedrockInvoke } from './bedrock-invoke.ts'
import { cohereChat, cohereChatV1, cohereEmbed, cohereGenerate } from './cohere.ts'
import type { Format } from './format.ts'
import { geminiEmbed, geminiGenerate } from './gemini.ts'
import { geminiInteractions } from './gemini-interactions.ts'
import { lmStudioChat } from './lm-studio.ts'
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './ollama.ts'
import { geminiOpenaiChat, openaiChat, vertexMistral } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'
import { openaiAudio, openaiImages } from './openai-media.ts'
import { openaiResponses } from './openai-responses.ts'
import { vercelEmbeddingModel, vercelImageModel, vercelLanguageModel } from './vercel-ai-gateway.ts'
import { vertexEmbeddings } from './vertex-embeddings.ts'

/** Every format that is known. Of those whose path fits, the first is taken. */
export const FORMATS: readonly Format[] = [
  geminiOpenaiChat,
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
  vertexEmbeddings,
  bedrockConverse,
  bedrockEmbed,
  bedrockInvoke,
  cohereChat,
  lmStudioChat,
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

interface Path {
  readonly format: Format
  readonly pattern: RegExp
}

/** By the last word of a path, after a slash or a colon: most requests are no calls, and should find that out fast. */
const PATHS = new Map<string, Path[]>()
for (const format of FORMATS) {
  for (const path of format.paths) {
    const word = lastWord(path)
    PATHS.set(word, [...(PATHS.get(word) ?? []), { format, pattern: toPattern(path) }])
  }
}

/** The format of a request, told by its method and its path alone. */
export function findFormat(method: string, target: string): FoundFormat | undefined {
  if (method !== 'POST') return undefined
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  for (const { format, pattern } of PATHS.get(lastWord(path)) ?? []) {
    const match = pattern.exec(path)
    if (match === null) continue
    const model = decode(match.groups?.model)
    if (format.models?.test(model ?? '') !== false) return { format, model }
  }
  return undefined
}

/** A request about a call that another request has begun. */
export interface FollowUp {
  readonly format: Format
  /** The call's own. */
  readonly id: string
}

const FOLLOW_UPS = FORMATS.flatMap((format) =>
  format.background === undefined
    ? []
    : [{ format, pattern: new RegExp(`${format.background.slice(1).replace('{id}', '([^/]+)')}(?:/cancel)?$`) }],
)

/** Recognises a request about a call in the background by its method and its path. */
export function findFollowUp(method: string, target: string): FollowUp | undefined {
  if (method !== 'GET' && method !== 'POST') return undefined
  const path = target.split('?', 1)[0] as string
  if ((method === 'POST') !== path.endsWith('/cancel')) return undefined
  for (const { format, pattern } of FOLLOW_UPS) {
    const id = decode(pattern.exec(path)?.[1])
    if (id !== undefined) return { format, id }
  }
  return undefined
}

function lastWord(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1)
}

/** What is documented as `…/models/{model}:verb`. */
function toPattern(path: string): RegExp {
  const [before = '', after] = path
    .slice(1)
    .split('{model}')
    .map((part) => part.replace(/[/.]/g, '\\$&'))
  if (after === undefined) return new RegExp(`${before}$`)
  return new RegExp(`${before}(?<model>[^/${after.startsWith(':') ? ':' : ''}]+)${after}$`)
}

function decode(model: string | undefined): string | undefined {
  try {
    return model && decodeURIComponent(model)
  } catch {
    return model
  }
}
