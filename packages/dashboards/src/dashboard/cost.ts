import { select, sum } from '../promql.ts'
import { targetMatchers } from './variables.ts'

/** What the rules of `agentgateway-otel rules --prices` record: US dollars per second, by service, system, model and kind of token. */
const COST = 'agentgateway:llm_cost_usd:rate5m'

/**
 * US dollars per hour. The recorded series are sums over instances, so the choice of an instance has no effect on them. Their
 * model is the one that responded, whose name is that of the requested one, or begins with it and ends in a date.
 */
export function priced(by: readonly ('gen_ai_system' | 'model' | 'gen_ai_token_type')[]): string {
  return `3600 * ${sum(by, select(COST, [...targetMatchers(['job', 'gateway']), ['model', '=~"$model(-[0-9].*)?"']]))}`
}
