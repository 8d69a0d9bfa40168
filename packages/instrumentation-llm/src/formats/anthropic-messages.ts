import type { TokenCounts, TokenDetail } from '../call-record.ts'
import { isCount, isJsonObject, type JsonObject, member } from '../json-object.ts'
import type { LlmResponse } from '../llm-response.ts'
import type { Format } from './format.ts'

const CACHED = [
  ['input_cache_read', 'cache_read_input_tokens'],
  ['input_cache_write', 'cache_creation_input_tokens'],
] as const
const INPUT_COUNTS = ['input_tokens', ...CACHED.map(([, name]) => name)]
const [COMPACTION_INPUT, COMPACTION_OUTPUT] = ['compaction_input_tokens', 'compaction_output_tokens']

/**
 * Anthropic's Messages, {@link https://docs.anthropic.com/en/api/messages}. `input_tokens` does not include what was read
 * from the cache or written to it. A stream's `message_delta` reports totals, of all counts or of the output only.
 */
export const anthropicMessages: Format = {
  name: 'Anthropic Messages',
  operation: 'chat',
  paths: ['…/v1/messages', '…/presets/{id}/messages'],
  isPathShared: true,
  clientHeaders: ['anthropic-version'],
  requestMembers: [['messages']],
  responseMembers: ['type', 'model', 'usage', 'error'],
  relevantMessage: /"(?:usage|error)"\s*:\s*[^\sn]|"message_stop"/,
  modelMessage: /"message_start"/,
  inputCounts: [...INPUT_COUNTS, COMPACTION_INPUT],
  outputCounts: ['output_tokens', COMPACTION_OUTPUT],

  hasContent: (message) => /"type"\s*:\s*"content_block_delta"/.test(message),

  readDetails: (usage) => ({
    input_cache_read: usage.cache_read_input_tokens,
    input_cache_write: usage.cache_creation_input_tokens,
    output_reasoning: member(usage.output_tokens_details, 'thinking_tokens'),
  }),

  read({ type, message, model, usage, error }, response) {
    // `message_start` contains the message, still without content.
    const source = isJsonObject(message) ? message : { model, usage }
    response.setModel(source.model)
    response.setUsage(source.usage)
    if (isJsonObject(source.usage)) readIterations(source.usage.iterations, response)
    if (error) response.setError(error)
    if (type === 'message_stop') response.isFinished = true
  },
}

/**
 * Reads the steps of a call. The tokens of its messages are part of the usage's totals already; those of a compaction are
 * not; those of an advisor are another model's.
 */
function readIterations(iterations: unknown, response: LlmResponse): void {
  if (!Array.isArray(iterations)) return
  const compactions: JsonObject[] = []
  const advisorMessages = new Map<string, JsonObject[]>()
  for (const iteration of iterations) {
    if (!isJsonObject(iteration)) continue
    const { type, model } = iteration
    if (type === 'compaction') compactions.push(iteration)
    else if (type === 'advisor_message' && typeof model === 'string' && model !== '') {
      advisorMessages.set(model, [...(advisorMessages.get(model) ?? []), iteration])
    }
  }
  const compaction = sumTokens(compactions)
  response.setUsage({ [COMPACTION_INPUT]: compaction.inputTokens, [COMPACTION_OUTPUT]: compaction.outputTokens })
  if (advisorMessages.size > 0) {
    response.otherModels = new Map([...advisorMessages].map(([model, messages]) => [model, sumTokens(messages)]))
  }
}

function sumTokens(iterations: readonly JsonObject[]): TokenCounts {
  const sum = (names: readonly string[]) => {
    const counts = iterations.flatMap((iteration) => names.map((name) => iteration[name])).filter(isCount)
    return counts.length === 0 ? undefined : counts.reduce((total, count) => total + count)
  }
  const details = new Map<TokenDetail, number>()
  for (const [detail, name] of CACHED) {
    const count = sum([name])
    if (count !== undefined) details.set(detail, count)
  }
  return { inputTokens: sum(INPUT_COUNTS), outputTokens: sum(['output_tokens']), details }
}

/** Claude on Vertex AI. Tokens are counted there by a request to a model named `count-tokens`, which is not a call. */
export const vertexAnthropic: Format = {
  ...anthropicMessages,
  name: 'Claude on Vertex AI',
  paths: ['…/publishers/anthropic/models/{model}:rawPredict', '…/publishers/anthropic/models/{model}:streamRawPredict'],
  models: /^(?!count-tokens$)/,
  isPathShared: false,
}
