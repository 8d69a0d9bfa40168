import { sumBy } from '@agentgateway-otel/exporter/reading'
import { METRICS } from '@agentgateway-otel/metrics'
import type { Snapshot } from './snapshot.ts'
import { type GroupActivity, keyOf, Window } from './window.ts'

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

/** @param earlier undefined for the totals since the app's start */
export function activityOf(later: Snapshot, earlier: Snapshot | undefined): Activity {
  const window = new Window(later, earlier)
  const routeQuantile = window.quantiles(ROUTE_DURATIONS)
  const modelQuantile = window.quantiles(MODEL_DURATIONS)
  const tokens = window.growth(MODEL_TOKENS)
  const hasTokens = window.families.has(MODEL_TOKENS.metric)
  const tokensPerSecond = (...labels: readonly string[]) =>
    hasTokens ? window.perSecond(tokens.get(keyOf(...labels))?.[0] ?? 0) : Number.NaN

  return {
    seconds: window.seconds,
    http: window.outcomes(
      ROUTES,
      (status) => status.startsWith('5'),
      ([route = ''], group) => ({
        route,
        ...group,
        p50Seconds: routeQuantile(0.5, route),
        p95Seconds: routeQuantile(0.95, route),
      }),
    ),
    llm: window.outcomes(
      MODELS,
      (errorType) => errorType !== '',
      ([system = '', model = ''], group) => ({
        system,
        model,
        ...group,
        inputTokensPerSecond: tokensPerSecond(system, model, 'input'),
        outputTokensPerSecond: tokensPerSecond(system, model, 'output'),
        p95Seconds: modelQuantile(0.95, system, model),
      }),
    ),
    mcp: window.outcomes(
      MCP,
      (status) => status === 'error',
      ([role = '', server = '', method = '', resource = ''], group) => ({ role, server, method, resource, ...group }),
    ),
    highestSeconds: { http: window.highestBound(ROUTE_DURATIONS), llm: window.highestBound(MODEL_DURATIONS) },
    openConnections: window.gauge(CONNECTIONS),
    openSessions: { server: window.gauge(SESSIONS, 'server'), client: window.gauge(SESSIONS, 'client') },
  }
}
