import type { LabelName, LabelSetName, MetricKey } from '@agentgateway-otel/metrics'

type Values<N extends LabelSetName> = Readonly<Record<LabelName<N>, string>>

const genAi: Values<'llmStream'> = {
  gen_ai_operation_name: 'chat',
  gen_ai_system: 'custom',
  gen_ai_request_model: 'gpt-5-mini',
  gen_ai_response_model: 'gpt-5-mini-2025-08-07',
}
const genAiAttributes: Values<'genAiStream'> = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'custom',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
}
const network: Values<'mcpSessionOfRole'> = { 'network.transport': 'tcp', 'network.protocol.name': 'http' }
const session: Values<'mcpSession'> = { role: 'server', transport: 'streamable_http' }
const ofProxy = { bind: 'unknown', listener: 'unknown', route: 'unknown', route_rule: 'unknown' }

/** The labels of a series of each label set, which the app of the demo has. An empty value stands for an absent label. */
export const EXAMPLE_LABELS: { readonly [N in LabelSetName]: Values<N> } = {
  http: { method: 'GET', status: '200', route: '/users/:id', protocol: 'http' },
  connection: { bind: '3000', protocol: 'http' },
  mcpSession: session,
  mcpRequest: {
    ...session,
    method: 'tools/call',
    resource_type: 'tool',
    resource: 'get_weather',
    server: 'weather',
    status: 'ok',
  },
  llmRequest: { ...genAi, error_type: '', usage: 'reported' },
  llmToken: { ...genAi, gen_ai_token_type: 'input' },
  llmTokenDetail: { ...genAi, gen_ai_token_type: 'input_cache_read' },
  llmDuration: { ...genAi, error_type: '' },
  llmStream: genAi,
  genAiOperation: { ...genAiAttributes, 'error.type': '' },
  genAiStream: genAiAttributes,
  genAiUsage: { ...genAiAttributes, 'gen_ai.token.modality': 'unknown' },
  mcpOperation: {
    ...network,
    'mcp.method.name': 'tools/call',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'get_weather',
    'gen_ai.prompt.name': '',
    'error.type': '',
    'rpc.response.status_code': '',
  },
  mcpSessionOfRole: network,
  build: { tag: '0.1.0' },
  proxyConnection: { bind: '3000', listener: 'unknown', protocol: 'http' },
  proxyGenAi: { ...genAi, ...ofProxy },
  proxyTokenUsage: { ...genAi, ...ofProxy, gen_ai_token_type: 'input' },
}

/** The labels of the example where the label set's own would not occur: Anthropic says how much it wrote to a cache. */
export const OTHER_EXAMPLE_LABELS: Readonly<Partial<Record<MetricKey, Readonly<Record<string, string>>>>> = {
  genAiCacheWriteTokens: {
    ...EXAMPLE_LABELS.genAiUsage,
    'gen_ai.request.model': 'claude-haiku-4-5',
    'gen_ai.response.model': 'claude-haiku-4-5-20251001',
  },
}

interface Example {
  /** A plausible value of the series; of a histogram, that of one bucket. */
  readonly value: number
  /** What the query gives. */
  readonly gives: string
  readonly query: string
}

const quantile = (q: number, histogram: string, by: string, filter = '') =>
  `histogram_quantile(${q}, sum by (le, ${by}) (rate(${histogram}_bucket${filter}[5m])))`

const mean = (histogram: string, by: string) =>
  `sum by (${by}) (rate(${histogram}_sum[5m]))\n  / sum by (${by}) (rate(${histogram}_count[5m]))`

const share = (part: string, whole: string, by: string) =>
  `sum by (${by}) (rate(${part}[5m]))\n  / sum by (${by}) (rate(${whole}[5m]))`

const INPUT_TOKENS = 'gen_ai_client_inference_usage_input_tokens_total'
const OUTPUT_TOKENS = 'gen_ai_client_inference_usage_output_tokens_total'

/** An example of each metric, and a query that uses it. */
export const EXAMPLES: Readonly<Record<MetricKey, Example>> = {
  requests: {
    value: 6,
    gives: 'Requests per second, by route and status',
    query: 'sum by (route, status) (rate(agentgateway_requests_total[5m]))',
  },
  requestDuration: {
    value: 6,
    gives: 'The 95th percentile by route, in seconds',
    query: quantile(0.95, 'agentgateway_request_duration_seconds', 'route'),
  },
  requestSize: {
    value: 6,
    gives: 'The mean size of a request, by route',
    query: mean('agentgateway_request_size_bytes', 'route'),
  },
  responseSize: {
    value: 6,
    gives: 'Bytes per second that the app sends as bodies, by route',
    query: 'sum by (route) (rate(agentgateway_response_size_bytes_sum[5m]))',
  },
  connectionsActive: {
    value: 3,
    gives: 'Open connections, by port',
    query: 'sum by (gateway, bind) (agentgateway_connections_active)',
  },
  connections: {
    value: 7,
    gives: 'New connections per second, by port',
    query: 'sum by (gateway, bind) (rate(agentgateway_connections_total[5m]))',
  },
  mcpSessionsActive: {
    value: 3,
    gives: 'Sessions that are open at the servers, by transport',
    query: 'sum by (gateway, transport) (agentgateway_mcp_sessions_active{role="server"})',
  },
  mcpRequests: {
    value: 16,
    gives: 'Calls of tools per second, by tool and outcome',
    query:
      'sum by (server, resource, status) (rate(agentgateway_mcp_requests_total{role="server",method="tools/call"}[5m]))',
  },
  mcpRequestDuration: {
    value: 16,
    gives: 'The 95th percentile of the calls of each tool, in seconds',
    query: quantile(
      0.95,
      'agentgateway_mcp_request_duration_seconds',
      'resource',
      '{role="server",method="tools/call"}',
    ),
  },
  mcpSessionDuration: {
    value: 1,
    gives: 'The mean duration of sessions that have ended, in seconds',
    query: mean('agentgateway_mcp_session_duration_seconds', 'role, transport'),
  },
  llmRequests: {
    value: 3,
    gives: 'The share of calls that failed, by model',
    query: share(
      'agentgateway_llm_requests_total{error_type!=""}',
      'agentgateway_llm_requests_total',
      'gen_ai_request_model',
    ),
  },
  llmTokens: {
    value: 111,
    gives: 'Tokens per minute, by model and kind',
    query: '60 * sum by (gen_ai_request_model, gen_ai_token_type) (rate(agentgateway_llm_tokens_total[5m]))',
  },
  llmRequestDuration: {
    value: 3,
    gives: 'The 95th percentile by model, in seconds',
    query: quantile(0.95, 'agentgateway_llm_request_duration_seconds', 'gen_ai_request_model'),
  },
  llmTimeToFirstToken: {
    value: 3,
    gives: 'The median by model, in seconds',
    query: quantile(0.5, 'agentgateway_llm_time_to_first_token_seconds', 'gen_ai_request_model'),
  },
  llmTokenDetails: {
    value: 48,
    gives: 'The share of the input that was read from a cache, by model',
    query: share(
      'agentgateway_llm_token_details_total{gen_ai_token_type="input_cache_read"}',
      'agentgateway_llm_tokens_total{gen_ai_token_type="input"}',
      'gen_ai_request_model',
    ),
  },
  genAiOperationDuration: {
    value: 3,
    gives: 'The 95th percentile by provider and model, in seconds',
    query: quantile(0.95, 'gen_ai_client_operation_duration_seconds', 'gen_ai_provider_name, gen_ai_request_model'),
  },
  genAiTimeToFirstChunk: {
    value: 3,
    gives: 'The median by model, in seconds',
    query: quantile(0.5, 'gen_ai_client_operation_time_to_first_chunk_seconds', 'gen_ai_request_model'),
  },
  genAiInputTokens: {
    value: 111,
    gives: 'Input tokens per minute, by model',
    query: `60 * sum by (gen_ai_request_model) (rate(${INPUT_TOKENS}[5m]))`,
  },
  genAiOutputTokens: {
    value: 69,
    gives: 'Output tokens per minute, by model',
    query: `60 * sum by (gen_ai_request_model) (rate(${OUTPUT_TOKENS}[5m]))`,
  },
  genAiCacheReadTokens: {
    value: 48,
    gives: 'The share of the input that was read from a cache, by model',
    query: share('gen_ai_client_inference_usage_cache_read_input_tokens_total', INPUT_TOKENS, 'gen_ai_request_model'),
  },
  genAiCacheWriteTokens: {
    value: 0,
    gives: 'The share of the input that was written to a cache, by model',
    query: share('gen_ai_client_inference_usage_cache_write_input_tokens_total', INPUT_TOKENS, 'gen_ai_request_model'),
  },
  genAiReasoningTokens: {
    value: 24,
    gives: 'The share of the output that was reasoning, by model',
    query: share('gen_ai_client_inference_usage_reasoning_output_tokens_total', OUTPUT_TOKENS, 'gen_ai_request_model'),
  },
  mcpClientOperationDuration: {
    value: 13,
    gives: 'The 95th percentile of the calls of each tool, as its client sees it, in seconds',
    query: quantile(
      0.95,
      'mcp_client_operation_duration_seconds',
      'gen_ai_tool_name',
      '{mcp_method_name="tools/call"}',
    ),
  },
  mcpServerOperationDuration: {
    value: 16,
    gives: 'The 95th percentile of the calls of each tool, as its server sees it, in seconds',
    query: quantile(
      0.95,
      'mcp_server_operation_duration_seconds',
      'gen_ai_tool_name',
      '{mcp_method_name="tools/call"}',
    ),
  },
  mcpClientSessionDuration: {
    value: 1,
    gives: 'The mean duration of sessions that have ended, in seconds',
    query: mean('mcp_client_session_duration_seconds', 'network_transport'),
  },
  mcpServerSessionDuration: {
    value: 1,
    gives: 'The mean duration of sessions that have ended, in seconds',
    query: mean('mcp_server_session_duration_seconds', 'network_transport'),
  },
  buildInfo: {
    value: 1,
    gives: 'Which versions run, and in how many instances',
    query: 'count by (tag) (agentgateway_build_info)',
  },
  proxyTokenUsage: {
    value: 3,
    gives: 'The mean number of tokens of a call, by model and kind',
    query: mean('agentgateway_gen_ai_client_token_usage', 'gen_ai_request_model, gen_ai_token_type'),
  },
  proxyRequestDuration: {
    value: 3,
    gives: 'The 95th percentile by model, in seconds',
    query: quantile(0.95, 'agentgateway_gen_ai_server_request_duration', 'gen_ai_request_model'),
  },
  proxyTimeToFirstToken: {
    value: 3,
    gives: 'The median by model, in seconds',
    query: quantile(0.5, 'agentgateway_gen_ai_server_time_to_first_token', 'gen_ai_request_model'),
  },
  proxyTimePerOutputToken: {
    value: 3,
    gives: 'Tokens per second of the median stream, by model',
    query: `1 / ${quantile(0.5, 'agentgateway_gen_ai_server_time_per_output_token', 'gen_ai_request_model')}`,
  },
  proxyConnections: {
    value: 7,
    gives: 'New connections per second, by port',
    query: 'sum by (gateway, bind) (rate(agentgateway_downstream_connections_total[5m]))',
  },
  proxyReceivedBytes: {
    value: 15249,
    gives: 'Bytes per second received, by port',
    query: 'sum by (gateway, bind) (rate(agentgateway_downstream_received_bytes_total[5m]))',
  },
  proxySentBytes: {
    value: 16573,
    gives: 'Bytes per second sent, by port',
    query: 'sum by (gateway, bind) (rate(agentgateway_downstream_sent_bytes_total[5m]))',
  },
}
