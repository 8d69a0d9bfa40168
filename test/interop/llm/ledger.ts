import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import type { Client } from './clients.ts'
import type { Served } from './provider/served.ts'

type Labels = Readonly<Record<string, string>>

/** The values of series, by metric and labels. */
type Series = ReadonlyMap<string, number>

const REQUESTS = 'agentgateway_llm_requests_total'
const TOKENS = 'agentgateway_llm_tokens_total'
const DURATION = 'agentgateway_llm_request_duration_seconds_count'

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
  }
  for (const request of served) {
    const { responseModel = 'unknown', tokens = {}, otherTokens = {} } = request
    for (const [model, counts] of [[responseModel, tokens], ...Object.entries(otherTokens)] as const) {
      for (const [type, count] of Object.entries(counts)) {
        add(TOKENS, { ...labelsOf({ ...request, responseModel: model }), gen_ai_token_type: type }, count)
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
  for (const { name, labels, value } of [REQUESTS, TOKENS, DURATION].flatMap((metric) => samplesOf(families, metric))) {
    const { gateway, ...rest } = labels
    if (rest.error_type !== 'ECONNREFUSED') series.set(keyOf(name, rest), value)
  }
  return series
}

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
