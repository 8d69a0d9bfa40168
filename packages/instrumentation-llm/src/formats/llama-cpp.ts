import { isCount } from '../llm-response.ts'
import { isMessage, type Message } from './format.ts'

/**
 * The counts that llama.cpp's server has among its timings, also where no usage was asked for:
 * {@link https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md}. `prompt_n` leaves out what was in the
 * cache, `cache_n`. Older servers leave `cache_n` out: then the input is not known.
 */
export function usageOfTimings(timings: unknown): Message | undefined {
  if (!isMessage(timings)) return undefined
  const { prompt_n: prompt, cache_n: cached, predicted_n: predicted } = timings
  return {
    prompt_tokens: isCount(prompt) && isCount(cached) ? prompt + cached : undefined,
    completion_tokens: predicted,
  }
}
