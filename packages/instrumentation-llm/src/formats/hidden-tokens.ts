import { isCount } from '../llm-response.ts'
import { isMessage, type Message, member } from './format.ts'

/** The count that stands beside the output's where it leaves reasoning out. */
export const SEPARATE_REASONING = 'separate_reasoning_tokens'
/** The count that stands beside the input's where it leaves audio out. */
export const AUDIO_INPUT = 'audio_input_tokens'

/** What the counts of input and output are called. */
type Names = readonly [input: string, output: string]

/**
 * The output includes reasoning, but not everywhere. Where `total_tokens` is the sum of all three, as xAI has it, it does
 * not; nor in Perplexity's usage, whose total leaves reasoning out as well.
 */
export function withReasoning(usage: unknown, [input, output]: Names): unknown {
  if (!isMessage(usage)) return usage
  const { [input]: inputTokens, [output]: outputTokens, total_tokens: total } = usage
  if ('num_search_queries' in usage || 'search_context_size' in usage) {
    return { ...usage, [SEPARATE_REASONING]: usage.reasoning_tokens }
  }
  const reasoning = member(usage[`${output}_details`], 'reasoning_tokens')
  if (!isCount(inputTokens) || !isCount(outputTokens) || !isCount(reasoning) || reasoning === 0) return usage
  return total === inputTokens + outputTokens + reasoning ? { ...usage, [SEPARATE_REASONING]: reasoning } : usage
}

/**
 * Gemini's thoughts are in no count but the total of its API that is made like OpenAI's: 11 and 9 tokens may make 88. Only
 * for usage that is known to be Gemini's: the totals of others may be more than their parts for other reasons. Where reasoning is reported as well, the rest of the total is something else.
 */
export function withThoughts(usage: unknown, names: Names): unknown {
  const reasoning = member(member(usage, `${names[1]}_details`), 'reasoning_tokens')
  if (isCount(reasoning) && reasoning > 0)
    return { [SEPARATE_REASONING]: 0, ...(withReasoning(usage, names) as Message) }
  const rest = restOf(usage, names)
  return rest === undefined
    ? usage
    : { ...(usage as Message), [names[1]]: outputOf(usage, names), [SEPARATE_REASONING]: rest }
}

/**
 * Mistral's audio is in no count but the total: `prompt_audio_seconds` says that there was some, and what the total has
 * more than its parts is 375 tokens for each 30 seconds of it.
 */
export function withAudio(usage: unknown, names: Names): unknown {
  if (!isMessage(usage)) return usage
  const seconds = usage.prompt_audio_seconds
  const rest = restOf(usage, names)
  return isCount(seconds) && seconds > 0 && rest !== undefined ? { ...usage, [AUDIO_INPUT]: rest } : usage
}

/** How much more the total is than its parts. */
function restOf(usage: unknown, names: Names): number | undefined {
  const [input, output, total] = [member(usage, names[0]), outputOf(usage, names), member(usage, 'total_tokens')]
  if (!isCount(input) || !isCount(output) || !isCount(total)) return undefined
  return Math.max(0, total - input - output)
}

/** Where all went into thoughts, the output is left out, or null. */
const outputOf = (usage: unknown, [, output]: Names) => member(usage, output) ?? 0
