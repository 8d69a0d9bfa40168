import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import type { Client } from './clients.ts'
import type { Served } from './provider/served.ts'

type Labels = Readonly<Record<string, string>>

/** The values of series, by metric and labels. */
type Series = ReadonlyMap<string, number>

const REQUESTS = 'agentgateway_llm_requests_total'
const TOKENS = 'agentgateway_llm_tokens_total'
const DETAILS = 'agentgateway_llm_token_details_total'
const FIRST_TOKEN = 'agentgateway_llm_time_to_first_token_seconds_count'
const DURATION = 'agentgateway_llm_request_duration_seconds_count'

const STANDARD = {
  duration: 'gen_ai_client_operation_duration_seconds_count',
  firstChunk: 'gen_ai_client_operation_time_to_first_chunk_seconds_count',
}
const STANDARD_TOKENS: Readonly<Record<string, string>> = {
  input: 'gen_ai_client_inference_usage_input_tokens_total',
  output: 'gen_ai_client_inference_usage_output_tokens_total',
  input_cache_read: 'gen_ai_client_inference_usage_cache_read_input_tokens_total',
  input_cache_write: 'gen_ai_client_inference_usage_cache_write_input_tokens_total',
  output_reasoning: 'gen_ai_client_inference_usage_reasoning_output_tokens_total',
}

/** The series that should have been counted for the requests that the provider served. */
export function expectedSeries(served: readonly Served[], { cut, systems = {} }: Client): Series {
  const series = new Map<string, number>()
  const add = (name: string, labels: Labels, value: number) => {
    const key = keyOf(name, labels)
    series.set(key, (series.get(key) ?? 0) + value)
  }
  const labelsOf = ({ operation, host, model, responseModel = 'unknown' }: Served) => ({
    gen_ai_operation_name: operation,
    gen_ai_system: systems[host] ?? 'custom',
    gen_ai_request_model: model,
    gen_ai_response_model: responseModel,
  })
  for (const call of callsOf(served)) {
    const error_type = call.outcome === 'cut' ? cut(call) : call.outcome
    const hasWholeResponse = call.hasResponse && call.status === 200
    const usage = !hasWholeResponse ? 'none' : call.tokens === undefined ? 'missing' : 'reported'
    add(REQUESTS, { ...labelsOf(call), error_type, usage }, 1)
    add(DURATION, { ...labelsOf(call), error_type }, 1)
    if (call.hasContent) add(FIRST_TOKEN, labelsOf(call), 1)
  }
  for (const request of served) {
    const { responseModel = 'unknown', tokens, details, otherTokens = {} } = request
    const ofModel = [[responseModel, { ...tokens, details }], ...Object.entries(otherTokens)] as const
    for (const [model, { details = {}, ...counts }] of ofModel) {
      for (const [metric, byType] of [
        [TOKENS, counts],
        [DETAILS, details],
      ] as const) {
        for (const [type, count] of Object.entries(byType)) {
          add(metric, { ...labelsOf({ ...request, responseModel: model }), gen_ai_token_type: type }, count)
        }
      }
    }
  }
  return series
}

/** One request for each call: of attempts that the client numbers, the last one. Other clients' retries are calls of their own. */
export function callsOf(served: readonly Served[]): readonly Served[] {
  const calls: Served[] = []
  for (const request of served) {
    const before = calls.findLastIndex(
      ({ attempt, operation, model }) =>
        attempt === request.attempt - 1 && operation === request.operation && model === request.model,
    )
    if (before !== -1) calls.splice(before, 1)
    calls.push(request)
  }
  return calls
}

/** The series of a scrape, without those of refused connections. */
export function scrapedSeries(families: Families): Series {
  const series = new Map<string, number>()
  for (const { name, labels, value } of [REQUESTS, TOKENS, DETAILS, DURATION, FIRST_TOKEN].flatMap((metric) =>
    samplesOf(families, metric),
  )) {
    const { gateway, ...rest } = labels
    if (rest.error_type !== 'ECONNREFUSED') series.set(keyOf(name, rest), value)
  }
  return series
}

/**
 * The series under the names of the semantic conventions, as they should be by the series of the same scrape under
 * agentgateway's names: what is unknown there is absent here.
 */
export function expectedStandardSeries(families: Families): Series {
  const series = new Map<string, number>()
  const add = (name: string, { gateway, ...labels }: Labels, value: number) => {
    const { gen_ai_system = '', gen_ai_token_type, usage, ...rest }: Record<string, string> = labels
    if (rest.error_type === 'unknown') rest.error_type = '_OTHER'
    const known = Object.entries(rest).filter(([, value]) => value !== '' && value !== 'unknown')
    const key = keyOf(name, { ...Object.fromEntries(known), gen_ai_provider_name: gen_ai_system })
    series.set(key, (series.get(key) ?? 0) + value)
  }
  for (const { labels, value } of samplesOf(families, DURATION)) add(STANDARD.duration, labels, value)
  for (const { labels, value } of [TOKENS, DETAILS].flatMap((metric) => samplesOf(families, metric))) {
    const name = STANDARD_TOKENS[labels.gen_ai_token_type ?? '']
    if (name !== undefined) add(name, labels, value)
  }
  return series
}

/** The series of a scrape under the names of the semantic conventions, whatever kind of content the tokens stand for. */
export function scrapedStandardSeries(families: Families): Series {
  const series = new Map<string, number>()
  for (const name of [STANDARD.duration, ...Object.values(STANDARD_TOKENS)]) {
    for (const { labels, value } of samplesOf(families, name)) {
      const { gateway, gen_ai_token_modality, ...rest } = labels
      const key = keyOf(name, rest)
      series.set(key, (series.get(key) ?? 0) + value)
    }
  }
  return series
}

const PROXY_USAGE = 'agentgateway_gen_ai_client_token_usage'

/** The metrics of the proxy beside agentgateway's own in the same scrape: what both say of tokens and calls. */
export function proxyCounts(families: Families) {
  const ofProxy = (type: string) => sumOf(families, `${PROXY_USAGE}_sum`, { gen_ai_token_type: type })
  const own = (metric: string, type: string) => sumOf(families, metric, { gen_ai_token_type: type })
  return {
    proxy: {
      input: ofProxy('input'),
      output: ofProxy('output'),
      cacheRead: ofProxy('input_cache_read'),
      cacheWrite: ofProxy('input_cache_write'),
      calls: sumOf(families, 'agentgateway_gen_ai_server_request_duration_count'),
      firstTokens: sumOf(families, 'agentgateway_gen_ai_server_time_to_first_token_count'),
    },
    own: {
      input: own(TOKENS, 'input'),
      output: own(TOKENS, 'output'),
      cacheRead: own(DETAILS, 'input_cache_read'),
      cacheWrite: own(DETAILS, 'input_cache_write'),
      calls: sumOf(families, DURATION),
      firstTokens: sumOf(families, FIRST_TOKEN),
    },
  }
}

/** How many calls have a time to their first message, and to their first content. */
export const firstCounts = (families: Families) => ({
  chunks: sumOf(families, STANDARD.firstChunk),
  tokens: sumOf(families, FIRST_TOKEN),
})

/** The values that differ, as `[scraped, expected]`. */
export function differences(scraped: Series, expected: Series): Readonly<Record<string, unknown>> {
  const keys = [...new Set([...scraped.keys(), ...expected.keys()])].sort()
  const differing = keys.filter((key) => scraped.get(key) !== expected.get(key))
  return Object.fromEntries(differing.map((key) => [key, [scraped.get(key), expected.get(key)]]))
}

/** The number of calls to this system that are counted as refused connections. */
export const refusedCalls = (families: Families, system: string) =>
  sumOf(families, REQUESTS, {
    error_type: 'ECONNREFUSED',
    usage: 'none',
    gen_ai_system: system,
    gen_ai_response_model: 'unknown',
  })

const samplesOf = (families: Families, name: string) =>
  (families.get(name.replace(/_count$/, ''))?.samples ?? []).filter((sample) => sample.name === name)

const keyOf = (name: string, labels: Labels) =>
  `${name} ${JSON.stringify(Object.fromEntries(Object.entries(labels).sort()))}`
