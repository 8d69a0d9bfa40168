import assert from 'node:assert/strict'
import type { Families } from '../../../harness/prometheus-text.ts'
import type { Details, Tokens } from '../provider/api.ts'

/** What a provider knows about one call that it served. */
interface ServedCall {
  readonly operation: string
  readonly model: string
  readonly responseModel: string
  readonly outcome: string
  readonly usage: string
  readonly tokens?: Tokens
  readonly details?: Details
}

/** Counts by the labels that matter. */
type Counts = Readonly<Record<string, number>>

/** The counts of calls and tokens by their labels. */
export function scraped(families: Families): Counts {
  const counts: Record<string, number> = {}
  for (const [metric, labels] of [
    [
      'agentgateway_llm_requests_total',
      ['gen_ai_operation_name', 'gen_ai_request_model', 'gen_ai_response_model', 'error_type', 'usage'],
    ],
    ['agentgateway_llm_tokens_total', ['gen_ai_request_model', 'gen_ai_response_model', 'gen_ai_token_type']],
    ['agentgateway_llm_token_details_total', ['gen_ai_request_model', 'gen_ai_response_model', 'gen_ai_token_type']],
  ] as const) {
    for (const sample of families.get(metric)?.samples ?? []) {
      assert.equal(sample.labels.gen_ai_system, 'local')
      counts[labels.map((label) => sample.labels[label]).join(' ')] = sample.value
    }
  }
  return counts
}

export function expected(served: readonly ServedCall[]): Counts {
  const counts: Record<string, number> = {}
  const add = (key: string, count: number) => {
    counts[key] = (counts[key] ?? 0) + count
  }
  for (const { operation, model, responseModel, outcome, usage, tokens = {}, details = {} } of served) {
    add(`${operation} ${model} ${responseModel} ${outcome} ${usage}`, 1)
    for (const [type, count] of Object.entries({ ...tokens, ...details }))
      add(`${model} ${responseModel} ${type}`, count)
  }
  return counts
}
