import { isCount } from '../answer.ts'
import { isMessage, type Message } from './format.ts'

/**
 * What llama.cpp's server says of tokens beside its timings, also to those who did not ask for usage:
 * {@link https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md}. `prompt_n` leaves out what was in the
 * cache, `cache_n`, which older servers do not tell: then the input is not known.
 */
export function timedUsage(timings: unknown): Message | undefined {
  if (!isMessage(timings)) return undefined
  const { prompt_n: prompt, cache_n: cached, predicted_n: predicted } = timings
  return {
    prompt_tokens: isCount(prompt) && isCount(cached) ? prompt + cached : undefined,
    completion_tokens: predicted,
  }
}
