import { isCount, isJsonObject, type JsonObject, member } from '../json-object.ts'

/** A count added to a usage whose output does not include reasoning. */
export const SEPARATE_REASONING = 'separate_reasoning_tokens'
/** A count added to a usage whose input does not include audio. */
export const SEPARATE_AUDIO = 'separate_audio_tokens'

/** The names of a usage's counts. */
type CountNames = readonly [input: string, output: string]

/**
 * Adds the reasoning to a usage whose output does not include it. Usually it does. It does not if `total_tokens` is the
 * sum of all three, as at xAI, nor in Perplexity's usage, whose total does not include reasoning either.
 */
export function withReasoning(usage: unknown, [input, output]: CountNames): unknown {
  if (!isJsonObject(usage)) return usage
  const { [input]: inputTokens, [output]: outputTokens, total_tokens: total } = usage
  const isPerplexity = 'num_search_queries' in usage || 'search_context_size' in usage
  if (isPerplexity) return { ...usage, [SEPARATE_REASONING]: usage.reasoning_tokens }
  const reasoning = member(usage[`${output}_details`], 'reasoning_tokens')
  if (!isCount(inputTokens) || !isCount(outputTokens) || !isCount(reasoning) || reasoning === 0) return usage
  return total === inputTokens + outputTokens + reasoning ? { ...usage, [SEPARATE_REASONING]: reasoning } : usage
}

/**
 * Adds Gemini's thoughts to a usage of its OpenAI-compatible API, where only the total includes them: 11 and 9 tokens may
 * have a total of 88. Must only be used for usage that is known to be Gemini's, since the totals of others may be greater
 * than their parts for other reasons. If reasoning is reported as well, the rest of the total is something else.
 */
export function withThoughts(usage: unknown, names: CountNames): unknown {
  const reasoning = member(member(usage, `${names[1]}_details`), 'reasoning_tokens')
  if (isCount(reasoning) && reasoning > 0) {
    return { [SEPARATE_REASONING]: 0, ...(withReasoning(usage, names) as JsonObject) }
  }
  const hidden = countHiddenTokens(usage, names)
  return hidden === undefined
    ? usage
    : { ...(usage as JsonObject), [names[1]]: readOutputTokens(usage, names), [SEPARATE_REASONING]: hidden }
}

/**
 * Adds audio to Mistral's usage, where only the total includes it: 375 tokens for each 30 seconds. `prompt_audio_seconds`
 * shows that there was audio.
 */
export function withAudio(usage: unknown, names: CountNames): unknown {
  if (!isJsonObject(usage)) return usage
  const seconds = usage.prompt_audio_seconds
  const hidden = countHiddenTokens(usage, names)
  return isCount(seconds) && seconds > 0 && hidden !== undefined ? { ...usage, [SEPARATE_AUDIO]: hidden } : usage
}

/** Returns by how much the total is greater than the sum of input and output. */
function countHiddenTokens(usage: unknown, names: CountNames): number | undefined {
  const [input, output, total] = [
    member(usage, names[0]),
    readOutputTokens(usage, names),
    member(usage, 'total_tokens'),
  ]
  if (!isCount(input) || !isCount(output) || !isCount(total)) return undefined
  return Math.max(0, total - input - output)
}

/** If all of the output was thoughts, its count is missing or null. */
const readOutputTokens = (usage: unknown, [, output]: CountNames) => member(usage, output) ?? 0
