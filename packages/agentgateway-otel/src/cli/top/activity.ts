import {
  boundsOf,
  bucketsOf,
  type Families,
  type Groups,
  histogramQuantile,
  increase,
  type Query,
  run,
  splitKey,
  sumBy,
} from '@agentgateway-otel/exporter/reading'
import { METRICS } from '@agentgateway-otel/metrics'
import type { Snapshot } from './snapshot.ts'

/** What an app has done between two scrapes; since its start where there is only one. A number that is not known is NaN. */
export interface Activity {
  /** The time between the scrapes; undefined where there is only one, and rates are not known. */
  readonly seconds: number | undefined
  /** Each list has the largest rate first. It is undefined where the app does not make the metric. */
  readonly http: readonly RouteActivity[] | undefined
  readonly llm: readonly ModelActivity[] | undefined
  readonly mcp: readonly McpActivity[] | undefined
  /** The highest finite bounds of the buckets: a percentile that is above one is given as the bound. */
  readonly highestSeconds: { readonly http: number; readonly llm: number }
  readonly openConnections: number
  readonly openSessions: { readonly server: number; readonly client: number }
}

interface GroupActivity {
  readonly perSecond: number
  /** The part of the requests that failed, from 0 to 1. */
  readonly errorShare: number
}

interface RouteActivity extends GroupActivity {
  readonly route: string
  readonly p50Seconds: number
  readonly p95Seconds: number
}

interface ModelActivity extends GroupActivity {
  readonly system: string
  readonly model: string
  readonly inputTokensPerSecond: number
  readonly outputTokensPerSecond: number
  readonly p95Seconds: number
}

interface McpActivity extends GroupActivity {
  readonly role: string
  readonly server: string
  readonly method: string
  /** The name of the tool or the prompt; empty where the method has none. */
  readonly resource: string
}

const ROUTES = sumBy(METRICS.requests.name, 'route', 'status')
const ROUTE_DURATIONS = sumBy(METRICS.requestDuration.name, 'route')
const MODELS = sumBy(METRICS.llmRequests.name, 'gen_ai_system', 'gen_ai_request_model', 'error_type')
const MODEL_TOKENS = sumBy(METRICS.llmTokens.name, 'gen_ai_system', 'gen_ai_request_model', 'gen_ai_token_type')
const MODEL_DURATIONS = sumBy(METRICS.llmRequestDuration.name, 'gen_ai_system', 'gen_ai_request_model')
const MCP = sumBy(METRICS.mcpRequests.name, 'role', 'server', 'method', 'resource', 'status')
const CONNECTIONS = sumBy(METRICS.connectionsActive.name)
const SESSIONS = sumBy(METRICS.mcpSessionsActive.name, 'role')

const keyOf = (...parts: readonly string[]) => JSON.stringify(parts)

/** @param earlier undefined for the totals since the app's start */
export function activityOf(later: Snapshot, earlier: Snapshot | undefined): Activity {
  const { families } = later.scrape
  const seconds = earlier && (later.scrape.startMs - earlier.scrape.startMs) / 1000
  const perSecond = (count: number) => (seconds === undefined ? Number.NaN : count / seconds)
  const growth = (query: Query): Groups => {
    const groups = run(query, families)
    return earlier === undefined ? groups : increase(run(query, earlier.scrape.families), groups)
  }
  const quantiles = (query: Query) => {
    const bounds = boundsOf(query.metric, families)
    const groups = growth(query)
    return (quantile: number, ...key: readonly string[]) => {
      const numbers = groups.get(keyOf(...key))
      return numbers === undefined ? Number.NaN : histogramQuantile(quantile, bounds, bucketsOf(numbers).counts)
    }
  }
  /** Sums the requests of a query whose last label says whether one failed, in the order of their rate. */
  const outcomes = <Row>(
    query: Query,
    hasFailed: (outcome: string) => boolean,
    rowOf: (labels: readonly string[], group: GroupActivity) => Row,
  ): readonly Row[] | undefined => {
    if (!families.has(query.metric)) return undefined
    const totals = run(query, families)
    const groups = new Map<string, { labels: readonly string[]; grown: number; failed: number; total: number }>()
    for (const [key, [count = 0]] of growth(query)) {
      const labels = splitKey(key)
      const names = labels.slice(0, -1)
      const group = groups.get(keyOf(...names)) ?? { labels: names, grown: 0, failed: 0, total: 0 }
      groups.set(keyOf(...names), group)
      group.grown += count
      if (hasFailed(labels.at(-1) ?? '')) group.failed += count
      group.total += totals.get(key)?.[0] ?? 0
    }
    // Those without a request in this time keep their places among themselves.
    return [...groups.values()]
      .sort((a, b) => b.grown - a.grown || b.total - a.total)
      .map(({ labels, grown, failed }) =>
        rowOf(labels, { perSecond: perSecond(grown), errorShare: grown === 0 ? Number.NaN : failed / grown }),
      )
  }

  const routeQuantile = quantiles(ROUTE_DURATIONS)
  const modelQuantile = quantiles(MODEL_DURATIONS)
  const tokens = growth(MODEL_TOKENS)
  const tokensPerSecond = (type: string, labels: readonly string[]) =>
    families.has(MODEL_TOKENS.metric) ? perSecond(tokens.get(keyOf(...labels, type))?.[0] ?? 0) : Number.NaN

  return {
    seconds,
    http: outcomes(
      ROUTES,
      (status) => status.startsWith('5'),
      ([route = ''], group) => ({
        route,
        ...group,
        p50Seconds: routeQuantile(0.5, route),
        p95Seconds: routeQuantile(0.95, route),
      }),
    ),
    llm: outcomes(
      MODELS,
      (errorType) => errorType !== '',
      ([system = '', model = ''], group) => ({
        system,
        model,
        ...group,
        inputTokensPerSecond: tokensPerSecond('input', [system, model]),
        outputTokensPerSecond: tokensPerSecond('output', [system, model]),
        p95Seconds: modelQuantile(0.95, system, model),
      }),
    ),
    mcp: outcomes(
      MCP,
      (status) => status === 'error',
      ([role = '', server = '', method = '', resource = ''], group) => ({ role, server, method, resource, ...group }),
    ),
    highestSeconds: {
      http: boundsOf(ROUTE_DURATIONS.metric, families).at(-2) ?? Number.NaN,
      llm: boundsOf(MODEL_DURATIONS.metric, families).at(-2) ?? Number.NaN,
    },
    openConnections: gaugeValue(CONNECTIONS, families, keyOf()),
    openSessions: {
      server: gaugeValue(SESSIONS, families, keyOf('server')),
      client: gaugeValue(SESSIONS, families, keyOf('client')),
    },
  }
}

/** The value of a gauge: 0 where it has no series, NaN where the app does not make it. */
function gaugeValue(query: Query, families: Families, key: string): number {
  return families.has(query.metric) ? (run(query, families).get(key)?.[0] ?? 0) : Number.NaN
}
