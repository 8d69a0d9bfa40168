import { isCount, isJsonObject, type JsonObject } from '../json-object.ts'

/**
 * Returns the usage in the timings of llama.cpp's server, which are there even if usage was not requested:
 * {@link https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md}. `prompt_n` does not include the tokens
 * from the cache, `cache_n`. Older servers do not send `cache_n`; the input is then unknown.
 */
export function readTimings(timings: unknown): JsonObject | undefined {
  if (!isJsonObject(timings)) return undefined
  const { prompt_n: prompt, cache_n: cached, predicted_n: predicted } = timings
  return {
    prompt_tokens: isCount(prompt) && isCount(cached) ? prompt + cached : undefined,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens: predicted,
  }
}
