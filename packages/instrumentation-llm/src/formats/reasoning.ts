import { isCount } from '../answer.ts'
import { isMessage, member } from './format.ts'

/** The count that stands beside the output's where it leaves reasoning out. */
export const SEPARATE_REASONING = 'separate_reasoning_tokens'

/**
 * The output includes reasoning, but not everywhere. Where `total_tokens` is the sum of all three, as xAI has it, it does
 * not; nor in Perplexity's usage, whose total leaves reasoning out as well.
 *
 * @param names what the counts of input and output are called
 */
export function withReasoning(usage: unknown, [input, output]: readonly [string, string]): unknown {
  if (!isMessage(usage)) return usage
  const { [input]: inputTokens, [output]: outputTokens, total_tokens: total } = usage
  if ('num_search_queries' in usage || 'search_context_size' in usage) {
    return { ...usage, [SEPARATE_REASONING]: usage.reasoning_tokens }
  }
  const reasoning = member(usage[`${output}_details`], 'reasoning_tokens')
  if (!isCount(inputTokens) || !isCount(outputTokens) || !isCount(reasoning) || reasoning === 0) return usage
  return total === inputTokens + outputTokens + reasoning ? { ...usage, [SEPARATE_REASONING]: reasoning } : usage
}
