import { anthropicMessages } from './anthropic-messages.ts'
import type { Format } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/** Every format that is known. Their paths do not overlap. */
const FORMATS: readonly Format[] = [openaiChat, anthropicMessages]

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
