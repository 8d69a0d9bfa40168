import { METRICS, type MetricKey } from '@agentgateway-otel/metrics'

/** The key of a metric that is there without being asked for. */
type DefaultKey = {
  [Key in MetricKey]: (typeof METRICS)[Key] extends { readonly group: string } ? never : Key
}[MetricKey]

const NO_REQUEST =
  'The app has not served an HTTP request since its start; a server that is not of Node.js is not seen.'
const NO_CALL =
  'No call to a known LLM provider has been seen; calls to a gateway or a model of your own count once its host is in AGENTGATEWAY_LLM_HOSTS.'

/** Why a default metric usually has no series. */
export const EMPTY_REASONS: Readonly<Record<DefaultKey, string>> = {
  requests: NO_REQUEST,
  requestDuration: NO_REQUEST,
  requestSize: NO_REQUEST,
  responseSize: NO_REQUEST,
  connectionsActive: 'The app has not accepted a connection; those to this endpoint do not count.',
  connections: 'The app has not accepted a connection; those to this endpoint do not count.',
  mcpSessionsActive:
    'No MCP session has been open; a stateless server, and a client of MCP 2026-07-28, have none although their requests count.',
  mcpRequests: 'No MCP message has been seen, neither of a server in this app nor of a client in it.',
  llmRequests: NO_CALL,
  llmTokens:
    'No response has reported tokens; OpenAI’s streams report theirs only if the request has stream_options: { include_usage: true }.',
  llmRequestDuration: NO_CALL,
}

const OPTIONAL = 'Nothing that it counts has happened since the start.'

/** Returns why a metric usually has no series, in one sentence. */
export function emptyReason(name: string): string {
  const key = (Object.keys(METRICS) as MetricKey[]).find((key) => METRICS[key].name === name)
  return (EMPTY_REASONS as Readonly<Record<string, string>>)[key ?? ''] ?? OPTIONAL
}
