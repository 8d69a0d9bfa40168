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

/** Every format that is known. Of those whose path fits, the first is taken. */
export const FORMATS: readonly Format[] = [
  geminiOpenaiChat,
  openaiChat,
  openaiResponses,
  // Before those whose paths theirs end like.
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
  cloudflareEmbeddings,
  cloudflareWorkersAi,
  tgi,
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
/** Those that end in a name that only the request knows, with what stands before it. */
const OPEN_PATHS: (Path & { readonly before: string })[] = []
for (const format of FORMATS) {
  for (const path of format.paths) {
    const found = { format, pattern: toPattern(path) }
    const word = lastWord(path)
    if (word.endsWith('}')) OPEN_PATHS.push({ ...found, before: beforeLastName(path) })
    else PATHS.set(word, [...(PATHS.get(word) ?? []), found])
  }
}

/** The format of a request, told by its method and its path alone. */
export function findFormat(method: string, target: string): FoundFormat | undefined {
  if (method !== 'POST') return undefined
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  for (const candidate of PATHS.get(lastWord(path)) ?? []) {
    const found = match(candidate, path)
    if (found !== undefined) return found
  }
  for (const candidate of OPEN_PATHS) {
    const found = path.includes(candidate.before) ? match(candidate, path) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function match({ format, pattern }: Path, path: string): FoundFormat | undefined {
  const groups = pattern.exec(path)
  if (groups === null) return undefined
  const model = decode(groups.groups?.model)
  return format.models?.test(model ?? '') === false ? undefined : { format, model }
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

/** The literal text before the name at the end of a path, back to the name before that. */
function beforeLastName(path: string): string {
  const before = path.slice(0, path.lastIndexOf('{'))
  return before.slice(Math.max(before.lastIndexOf('}'), 0) + 1)
}

/** What is documented as `…/models/{model}:verb`. */
function toPattern(path: string): RegExp {
  const source = path
    .slice(1)
    .replace(/[/.]/g, '\\$&')
    .replaceAll('{id}', '[^/]+')
    .replace(
      /\{model\}(.?)/,
      (_, after) => `(?<model>${after === '' ? '.+' : after === ':' ? '[^/:]+' : '[^/]+'})${after}`,
    )
  return new RegExp(`${source}$`)
}

function decode(model: string | undefined): string | undefined {
  try {
    return model && decodeURIComponent(model)
  } catch {
    return model
  }
}
