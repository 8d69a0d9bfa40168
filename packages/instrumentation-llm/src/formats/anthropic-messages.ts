import { type Answer, isCount, type TokenCounts } from '../llm-response.ts'
import { type Format, isMessage, type Message } from './format.ts'

const INPUT_TOKENS = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
const [COMPACTION_INPUT, COMPACTION_OUTPUT] = ['compaction_input_tokens', 'compaction_output_tokens']

/**
 * Anthropic's Messages, {@link https://docs.anthropic.com/en/api/messages}. `input_tokens` leaves out what was read from
 * the cache or written to it. A stream's `message_delta` tells totals, of all counts or of the output's alone.
 */
export const anthropicMessages: Format = {
  name: 'Anthropic Messages',
  operation: 'chat',
  paths: ['…/v1/messages', '…/presets/{id}/messages'],
  marks: ['anthropic-version'],
  asks: [['messages']],
  members: ['type', 'model', 'usage', 'error'],
  notable: /"(?:usage|error)"\s*:\s*[^\sn]|"message_stop"/,
  namesModel: /"message_start"/,
  inputTokens: [...INPUT_TOKENS, COMPACTION_INPUT],
  outputTokens: ['output_tokens', COMPACTION_OUTPUT],

  read({ type, message, model, usage, error }, answer) {
    // `message_start` has the message, without its content, inside.
    const begun = isMessage(message) ? message : { model, usage }
    answer.setModel(begun.model)
    answer.setUsage(begun.usage)
    if (isMessage(begun.usage)) readIterations(begun.usage.iterations, answer)
    if (error) answer.setError(error)
    if (type === 'message_stop') answer.isFinished = true
  },
}

/**
 * What a call consists of. Of its entries, those of messages are what the totals are made of; a compaction's tokens come on
 * top of them; those of an advisor are another model's.
 */
function readIterations(iterations: unknown, answer: Answer): void {
  if (!Array.isArray(iterations)) return
  const compactions: Message[] = []
  const advice = new Map<string, Message[]>()
  for (const entry of iterations) {
    if (!isMessage(entry)) continue
    const { type, model } = entry
    if (type === 'compaction') compactions.push(entry)
    else if (type === 'advisor_message' && typeof model === 'string' && model !== '') {
      advice.set(model, [...(advice.get(model) ?? []), entry])
    }
  }
  const compaction = countTokens(compactions)
  answer.setUsage({ [COMPACTION_INPUT]: compaction.inputTokens, [COMPACTION_OUTPUT]: compaction.outputTokens })
  if (advice.size > 0)
    answer.otherModels = new Map([...advice].map(([model, entries]) => [model, countTokens(entries)]))
}

function countTokens(entries: readonly Message[]): TokenCounts {
  const sum = (names: readonly string[]) => {
    const counts = entries.flatMap((entry) => names.map((name) => entry[name])).filter(isCount)
    return counts.length === 0 ? undefined : counts.reduce((total, count) => total + count)
  }
  return { inputTokens: sum(INPUT_TOKENS), outputTokens: sum(['output_tokens']) }
}

/** Claude on Vertex AI. `count-tokens` is a model there, to look at. */
export const vertexAnthropic: Format = {
  ...anthropicMessages,
  name: 'Claude on Vertex AI',
  paths: ['…/publishers/anthropic/models/{model}:rawPredict', '…/publishers/anthropic/models/{model}:streamRawPredict'],
  models: /^(?!count-tokens$)/,
  marks: [],
  asks: [],
}
