import type { Families } from '../../harness/prometheus-text.ts'
import type { Served } from './provider.ts'

type Counts = Readonly<Record<string, number>>

interface AgentCounts {
  /** Calls by system, models, error and usage. */
  readonly calls: Counts
  /** Tokens by models and type. */
  readonly tokens: Counts
}

/** The counts of a scrape. */
export function scrapedCounts(families: Families): AgentCounts {
  const of = (metrics: readonly string[], labels: readonly string[]): Counts =>
    Object.fromEntries(
      metrics
        .flatMap((metric) => families.get(metric)?.samples ?? [])
        .map((sample) => [
          labels.map((label) => sample.labels[`gen_ai_${label}`] ?? sample.labels[label]).join(' '),
          sample.value,
        ]),
    )
  const models = ['system', 'request_model', 'response_model']
  return {
    calls: of(['agentgateway_llm_requests_total'], [...models, 'error_type', 'usage']),
    tokens: of(['agentgateway_llm_tokens_total', 'agentgateway_llm_token_details_total'], [...models, 'token_type']),
  }
}

/**
 * The counts that there should be for what the provider served. Claude Code's lines show a call by the id of its message. Those that
 * they do not show, a sub-agent's last one and those that compact a conversation, are in the totals of tokens. Codex' lines show
 * no call, no model that has responded, and nothing of a turn that fails or is given up.
 *
 * @param lines what the app has seen
 */
export function expectedCounts(served: readonly Served[], lines: readonly string[]): AgentCounts {
  const [calls, tokens]: Record<string, number>[] = [{}, {}]
  const add = (counts: Record<string, number> = {}, key: string, count: number) => {
    counts[key] = (counts[key] ?? 0) + count
  }
  const shown = new Set(lines.flatMap((line) => /"id":"(msg_\d+)"/.exec(line)?.[1] ?? []))
  for (const { api, id, model, responseModel, input, output, outcome, isCompaction, details } of served) {
    const isCodex = api === 'openai'
    const isRefused = /^\d/.test(outcome)
    const isStalled = outcome === 'stalled'
    // Claude Code says that its provider is not Anthropic, and Codex is told its host.
    const models = (response: string) => `${isCodex ? 'local' : 'custom'} ${model} ${response}`
    if (!isCodex && isRefused) add(calls, `${models('unknown')} ${outcome} none`, 1)
    if (!isCodex && shown.has(id)) add(calls, `${models(responseModel)} ${isStalled ? 'aborted' : ''} reported`, 1)
    if (isRefused || (isCodex && isStalled)) continue
    // In its turn no line names the model that has responded.
    const response = isCodex || isCompaction ? 'unknown' : responseModel
    add(tokens, `${models(response)} input`, input)
    if (isStalled) continue
    add(tokens, `${models(response)} output`, output)
    for (const [type, count] of Object.entries(details)) add(tokens, `${models(response)} ${type}`, count)
  }
  return { calls: calls ?? {}, tokens: tokens ?? {} }
}
