import { createServer } from 'node:http'

/**
 * What an agentgateway proxy in front of the demo's app would expose, with the labels of its source
 * (crates/agentgateway/src/telemetry/metrics.rs at 75b4e6c).
 */
const lines = (requests: number) => `\
# HELP agentgateway_build_info Agentgateway build information.
# TYPE agentgateway_build_info gauge
agentgateway_build_info{tag="1.5.0"} 1
# HELP agentgateway_requests_total The total number of HTTP requests sent.
# TYPE agentgateway_requests_total counter
agentgateway_requests_total{${ROUTE},method="GET",status="200",protocol="http",reason="Upstream"} ${requests}
agentgateway_requests_total{${ROUTE},method="POST",status="503",protocol="llm",reason="Upstream"} ${requests}
# HELP agentgateway_mcp_requests_total Total number of MCP tool calls.
# TYPE agentgateway_mcp_requests_total counter
agentgateway_mcp_requests_total{method="tools/call",resource_type="tool",server="weather",resource="get_weather",${GATEWAY}} ${requests}
# HELP agentgateway_gen_ai_client_token_usage Number of tokens used per request.
# TYPE agentgateway_gen_ai_client_token_usage histogram
agentgateway_gen_ai_client_token_usage_bucket{${TOKENS},le="64"} ${requests}
agentgateway_gen_ai_client_token_usage_bucket{${TOKENS},le="+Inf"} ${requests}
agentgateway_gen_ai_client_token_usage_sum{${TOKENS}} ${40 * requests}
agentgateway_gen_ai_client_token_usage_count{${TOKENS}} ${requests}
`
const GATEWAY = 'bind="3000/default",gateway="default/edge",listener="http",route="default/shop",route_rule="unknown"'
const ROUTE = `backend="shop:3000",${GATEWAY}`
const TOKENS = `gen_ai_token_type="input",gen_ai_operation_name="chat",gen_ai_system="openai",gen_ai_request_model="gpt-5-mini",gen_ai_response_model="gpt-5-mini-2025-08-07",${GATEWAY}`

/** Serves such a page on a free port of the loopback interface. Its counters grow with each scrape. */
export async function startProxyPage() {
  let scrapes = 0
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(lines(++scrapes))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  return { target: `127.0.0.1:${port}`, close: () => void server.close().closeAllConnections() }
}
