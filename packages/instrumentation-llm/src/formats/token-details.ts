import type { TokenDetail } from '../call-record.ts'
import { isJsonObject, member } from '../json-object.ts'
import { SEPARATE_AUDIO, SEPARATE_REASONING } from './hidden-tokens.ts'

/** What a usage says of the parts of its input and output. Values that are no counts are left out. */
export type TokenDetails = Readonly<Partial<Record<TokenDetail, unknown>>>

/**
 * Returns a reader of the details that OpenAI and the many APIs made like it report. Some gateways and providers have names
 * of their own for them: OpenRouter, LiteLLM, DeepSeek, Moonshot, Perplexity.
 */
export const readOpenaiDetails =
  (inputDetails: string, outputDetails: string) =>
  (usage: unknown): TokenDetails => {
    const [input, output] = [member(usage, inputDetails), member(usage, outputDetails)]
    const of = (name: string) => member(usage, name)
    return {
      input_cache_read:
        member(input, 'cached_tokens') ??
        of('cache_read_input_tokens') ??
        of('prompt_cache_hit_tokens') ??
        of('cached_tokens'),
      input_cache_write: member(input, 'cache_write_tokens') ?? of('cache_creation_input_tokens'),
      input_audio: of(SEPARATE_AUDIO) ?? member(input, 'audio_tokens'),
      // The reasoning that is not part of the output's count may be told nowhere but in the total.
      output_reasoning: of(SEPARATE_REASONING) || (member(output, 'reasoning_tokens') ?? of('reasoning_tokens')),
      output_audio: member(output, 'audio_tokens'),
    }
  }

/** Returns the count of one modality in a list of counts by modality, as Gemini's APIs have them. */
export function countOfModality(list: unknown, modality: string, countName: string): unknown {
  if (!Array.isArray(list)) return undefined
  return member(
    list.find((item) => isJsonObject(item) && String(item.modality).toLowerCase() === modality),
    countName,
  )
}
