/**
 * Computes the series that the app must report, from nothing but what the proxy and the provider recorded.
 */

/**
 * @typedef {object} Ledgers
 * @property {Pick<import('./ledger-proxy.js').LedgerProxy, 'exchanges' | 'connections' | 'mcp'>} proxy
 * @property {Pick<import('./provider.js').LocalProvider, 'ledger'>} provider
 * @property {number} appPort
 *
 * @typedef {object} Series
 * @property {string} metric
 * @property {Readonly<Record<string, string>>} labels the labels, without `gateway`, which every series has
 * @property {number} value a histogram's count
 * @property {number} [sum] a histogram's sum, where it can be computed
 */

export const METRIC_NAMES = /** @type {const} */ ([
  'agentgateway_requests_total',
  'agentgateway_request_duration_seconds',
  'agentgateway_request_size_bytes',
  'agentgateway_response_size_bytes',
  'agentgateway_connections_active',
  'agentgateway_connections_total',
  'agentgateway_mcp_sessions_active',
  'agentgateway_mcp_requests_total',
  'agentgateway_llm_requests_total',
  'agentgateway_llm_tokens_total',
  'agentgateway_llm_request_duration_seconds',
])

/**
 * @param {Ledgers} ledgers
 * @returns {Series[]}
 */
export function expectedSeries({ proxy, provider, appPort }) {
  const tally = createTally()
  for (const exchange of proxy.exchanges.values()) addExchanges(tally, exchange)
  const bind = { bind: String(appPort), protocol: 'http' }
  tally('agentgateway_connections_total', bind, proxy.connections.opened)
  tally('agentgateway_connections_active', bind, proxy.connections.open)
  for (const message of proxy.mcp.messages.values()) addMessages(tally, message)
  for (const { client } of proxy.mcp.sessions.values()) {
    for (const end of endsOf(client)) tally('agentgateway_mcp_sessions_active', end, 1)
  }
  for (const call of provider.ledger) addCall(tally, call)
  return tally.series()
}

/** @typedef {ReturnType<typeof createTally>} Tally */

/** Collects values by series, and adds up those of the same series. */
function createTally() {
  /** @type {Map<string, Series>} */
  const all = new Map()
  /** @param {typeof METRIC_NAMES[number]} metric @param {Record<string, string>} labels @param {number} value @param {number} [sum] */
  function tally(metric, labels, value, sum) {
    const key = metric + JSON.stringify(Object.entries(labels).sort())
    const series = all.get(key) ?? { metric, labels, value: 0, ...(sum !== undefined && { sum: 0 }) }
    all.set(key, series)
    series.value += value
    if (series.sum !== undefined) series.sum += sum ?? 0
  }
  return Object.assign(tally, { series: () => [...all.values()] })
}

/** @param {Tally} tally @param {import('./ledger-proxy.js').Exchanges} exchanges */
function addExchanges(tally, { method, status, path, count, requestBytes, responseBytes }) {
  const labels = { method, status: String(status), route: routeOf(path), protocol: path === '/mcp' ? 'mcp' : 'http' }
  tally('agentgateway_requests_total', labels, count)
  tally('agentgateway_request_duration_seconds', labels, count)
  tally('agentgateway_request_size_bytes', labels, count, requestBytes)
  tally('agentgateway_response_size_bytes', labels, count, responseBytes)
}

const ROUTES = ['/health', '/users/:id', '/reports/:year', '/events', '/error', '/mcp', '/agent/:provider']

/** @param {string} path */
function routeOf(path) {
  const isAt = (/** @type {string} */ route) => new RegExp(`^${route.replace(/:\w+/, '[^/]+')}$`).test(path)
  return ROUTES.find(isAt) ?? 'unknown'
}

/** Returns the app's role: it is the client of the agent's own messages, and the server of all others that pass through the proxy. @param {string} client */
const endsOf = (client) =>
  (client === 'travel-agent' ? ['server', 'client'] : ['server']).map((role) => ({
    role,
    transport: 'streamable_http',
  }))

/** @type {Readonly<Record<string, string>>} */
const RESOURCE_TYPES = { tools: 'tool', prompts: 'prompt', resources: 'resource' }

/** @param {Tally} tally @param {import('./mcp-ledger.js').McpMessages} messages */
function addMessages(tally, { client, server, method, name, status, count }) {
  const resource_type = RESOURCE_TYPES[method.split('/')[0] ?? ''] ?? ''
  for (const end of endsOf(client)) {
    tally('agentgateway_mcp_requests_total', { method, ...end, resource_type, resource: name, server, status }, count)
  }
}

/** @param {Tally} tally @param {import('./provider.js').Call} call */
function addCall(tally, { requestModel, responseModel = 'unknown', retried, status, outcome, usage }) {
  if (outcome === 'open') return
  const model = {
    gen_ai_operation_name: 'chat',
    gen_ai_system: 'custom',
    gen_ai_request_model: requestModel,
    gen_ai_response_model: responseModel,
  }
  if (usage !== undefined) {
    tally('agentgateway_llm_tokens_total', { ...model, gen_ai_token_type: 'input' }, usage.input)
    tally('agentgateway_llm_tokens_total', { ...model, gen_ai_token_type: 'output' }, usage.output)
  }
  // The SDK makes another attempt, and a call's outcome is that of its last attempt.
  if (retried) return
  // For an error only the status is compared: SDKs that will retry close the connection before the rest of the response.
  const error_type = status >= 400 ? String(status) : outcome === 'aborted' ? 'aborted' : ''
  const reported = usage ? 'reported' : status < 400 ? 'missing' : 'none'
  tally('agentgateway_llm_requests_total', { ...model, error_type, usage: reported }, 1)
  tally('agentgateway_llm_request_duration_seconds', { ...model, error_type }, 1)
}
