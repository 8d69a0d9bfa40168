import { METRICS } from '@agentgateway-otel/metrics'
import { stringify } from 'yaml'
import { isPattern, type ModelMatch, mergePatterns } from './model-match.ts'
import { type PricedTokens, pricesOf, type TokenPrice } from './price-list.ts'
import { PRICE_LIST, PROVIDERS } from './priced-systems.ts'

interface RecordingRule {
  readonly record: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
}

export interface PriceRulesOptions {
  /** Values of `gen_ai_system` whose prices are written. Default: all that the price list has. */
  readonly systems?: readonly string[]
  /** The day on which the prices hold. */
  readonly day: Date
}

const TOKENS = 'agentgateway:llm_tokens:rate5m'
const DETAILS = 'agentgateway:llm_token_details:rate5m'
const PRICE = 'agentgateway:llm_token_price_usd'
const COST = 'agentgateway:llm_cost_usd:rate5m'
const UNPRICED = 'agentgateway:llm_unpriced_tokens:rate5m'

/** The labels that the cost has, besides the kind of the tokens. */
const LABELS = 'job, gateway, gen_ai_system, model'
const BY_MODEL = 'on (gen_ai_system, model)'
const BY_LABELS = `on (${LABELS})`

/** The kinds of input tokens that have prices of their own. */
const INPUT_DETAILS = ['input_cache_read', 'input_cache_write', 'input_audio'] as const

/**
 * Returns Prometheus recording rules, in YAML, that give each model in use its price, and its tokens their cost.
 *
 * @throws RangeError if the price list has nothing for one of the systems
 */
export function createPriceRules({ systems = [...PROVIDERS.keys()], day }: PriceRulesOptions): string {
  const rules = [
    { record: TOKENS, expr: rateByModel(METRICS.llmTokens.name) },
    { record: DETAILS, expr: rateByModel(METRICS.llmTokenDetails.name) },
    ...systems.flatMap((system) => priceRulesOf(system, day)),
    ...costRules(),
    {
      record: UNPRICED,
      expr: `${TOKENS} unless on (gen_ai_system, model, gen_ai_token_type) ${PRICE}`,
    },
  ]
  const groups = [{ name: 'agentgateway-llm-cost', interval: '1m', rules }]
  return `${COMMENT}${stringify({ groups }, { lineWidth: 0 })}`
}

const COMMENT = `# The cost of LLM calls, written by \`agentgateway-otel rules --prices\`.
#
# Prices: ${PRICE_LIST.name} ${PRICE_LIST.version} of ${PRICE_LIST.date} (MIT), ${PRICE_LIST.url}
#
#   ${PRICE}       US dollars for one token, of the models in use
#   ${COST}  US dollars per second, by the kind of the tokens
#   ${UNPRICED}  tokens per second of models that have no price here
#
# The cost of a day in US dollars:
#   sum by (gen_ai_system, model) (avg_over_time(${COST}[1d])) * 86400
#
# What is assumed:
# - The model is the one that responded, or the one that was requested where the response names none.
# - Tokens that were read from a cache, were written to it, or are audio have prices of their own only if the group genai of
#   AGENTGATEWAY_METRICS counts them. Without it, all input has the price of input, which is too much where a cache is used.
#   A kind without a price of its own has that of the input or the output. No token is both cached and audio.
# - Writing to a cache has the price of the shortest time to live.
# - A price that rises with the length of a prompt is that of short prompts, and one that changes with the time of day is
#   that of most of the day. Discounts for batches, and what is charged for tools, are not known.
`

/** Returns the rate of a metric of tokens by model: the response's, or else the request's. */
function rateByModel(metric: string): string {
  const named = (label: string, matcher: string) =>
    `label_replace(rate(${metric}{${matcher}}[5m]), "model", "$1", "${label}", "(.*)")`
  const rates = [
    named('gen_ai_response_model', 'gen_ai_response_model!="unknown"'),
    named('gen_ai_request_model', 'gen_ai_response_model="unknown"'),
  ]
  return `sum by (${LABELS}, gen_ai_token_type) (${rates.join(' or ')})`
}

/** Returns a rule for each kind of tokens that has prices, with those of all models of a system. */
function priceRulesOf(system: string, day: Date): readonly RecordingRule[] {
  const provider = PROVIDERS.get(system)
  if (provider === undefined) {
    throw new RangeError(`no prices of ${system}; there are those of ${[...PROVIDERS.keys()].join(', ')}`)
  }
  const byTokens = Map.groupBy(pricesOf(provider, day), ({ tokens }) => tokens)
  return [...byTokens].map(([tokens, prices]) => ({
    record: PRICE,
    // As in the list, the first price that a model has counts: what follows `or` adds models that have none yet.
    expr: mergeNeighbours(prices)
      .map(({ models, usd }) => `group by (model) (${TOKENS}{${matchersOf(system, models)}}) * ${usd}`)
      .join(' or '),
    labels: { gen_ai_system: system, gen_ai_token_type: tokens },
  }))
}

/** Makes one price of several that follow each other and are the same. */
function mergeNeighbours(prices: readonly TokenPrice[]): readonly TokenPrice[] {
  const merged: TokenPrice[] = []
  for (const price of prices) {
    const last = merged.at(-1)
    const isSame = last !== undefined && last.usd === price.usd && isPattern(last.models) && isPattern(price.models)
    if (isSame) merged.pop()
    const [models = price.models] = isSame ? mergePatterns([last.models, price.models]) : []
    merged.push({ ...price, models })
  }
  return merged
}

const matchersOf = (system: string, { includes, excludes }: ModelMatch) =>
  [
    `gen_ai_system="${system}"`,
    ...includes.map((pattern) => `model=~${quote(pattern)}`),
    ...excludes.map((pattern) => `model!~${quote(pattern)}`),
  ].join(', ')

/** Quotes a pattern for PromQL. The names of models are compared without regard to case. */
const quote = (pattern: string) => JSON.stringify(`(?i)${pattern}`)

function costRules(): readonly RecordingRule[] {
  const price = (tokens: PricedTokens) => `${PRICE}{gen_ai_token_type="${tokens}"}`
  const details = (...kinds: readonly string[]) =>
    `sum by (${LABELS}) (${DETAILS}{gen_ai_token_type=~"${kinds.join('|')}"})`
  const whole = (tokens: 'input' | 'output') => `sum by (${LABELS}) (${TOKENS}{gen_ai_token_type="${tokens}"})`
  const rule = (tokens: PricedTokens, rate: string, priceExpr: string): RecordingRule => ({
    record: COST,
    expr: `(${rate}) * ${BY_MODEL} group_left () sum by (gen_ai_system, model) (${priceExpr})`,
    labels: { gen_ai_token_type: tokens },
  })
  /** What is left of the whole without its parts, or all of it where no parts are known. */
  const rest = (tokens: 'input' | 'output', ...parts: readonly string[]) =>
    `clamp_min(${whole(tokens)} - ${BY_LABELS} ${details(...parts)}, 0) or ${whole(tokens)}`
  const detail = (tokens: PricedTokens, ofWhole: 'input' | 'output') =>
    rule(tokens, details(tokens), `${price(tokens)} or ${BY_MODEL} ${price(ofWhole)}`)
  return [
    rule('input', rest('input', ...INPUT_DETAILS), price('input')),
    ...INPUT_DETAILS.map((tokens) => detail(tokens, 'input')),
    rule('output', rest('output', 'output_audio'), price('output')),
    detail('output_audio', 'output'),
  ]
}
