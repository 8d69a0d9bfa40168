/**
 * The table of all metrics. It and the label sets are the only place that spells a metric's name, help, unit, labels or buckets:
 * everything else that needs one of them derives it from here.
 *
 * @module
 */
import type { LabelSetName } from './label-sets.ts'

interface CommonDefinition {
  /** The name in a scrape; with dots, a name of OpenTelemetry's semantic conventions, which has underscores in a scrape. */
  readonly name: `agentgateway_${string}` | `gen_ai.${string}` | `mcp.${string}`
  readonly help: string
  /**
   * The unit in UCUM notation, as OpenTelemetry prescribes. It is empty where the name lacks the suffix that Prometheus would add
   * for the unit to what it receives by OTLP.
   */
  readonly unit: string
  readonly labels: LabelSetName
  /**
   * The group of an optional metric. Optional metrics are made only when their group or their name is asked for; a
   * metric without a group is one of the defaults.
   */
  readonly group?: string
}

export type MetricDefinition =
  | (CommonDefinition & { readonly kind: 'counter' })
  | (CommonDefinition & {
      readonly kind: 'gauge'
      /** Whether its value is always 1, and several processes of one app have it once. */
      readonly isInfo?: boolean
    })
  | (CommonDefinition & { readonly kind: 'histogram'; readonly buckets: readonly number[] })

/** agentgateway's own boundaries for requests, from 1 ms to 80 s. */
const DURATION_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 80] as const

/** Powers of four, from 64 bytes to 64 MiB. */
const SIZE_BYTES = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] as const

/** OpenTelemetry's semantic conventions advise these for generative AI operations: 10 ms, doubled up to 327.68 s. */
const LLM_DURATION_SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
] as const

/** OpenTelemetry's semantic conventions advise these for operations and sessions of MCP: docs/gen-ai/mcp.md at 1e01e83. */
const MCP_DURATION_SECONDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const

/** The semantic conventions advise these for the durations of LLM calls: docs/gen-ai/gen-ai-metrics.md at 004902b. */
const GEN_AI_SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] as const

/** A counter of tokens of the semantic conventions: docs/gen-ai/gen-ai-token-metrics.md at 27f82f0. */
const genAiTokens = <Name extends string>(name: Name, help: string) =>
  ({
    name: `gen_ai.client.inference.usage.${name}`,
    kind: 'counter',
    help,
    unit: '{token}',
    labels: 'genAiUsage',
    group: 'semconv',
  }) as const

/** A histogram of the semantic conventions for MCP: docs/gen-ai/mcp.md at 1e01e83. */
const mcpSeconds = <Name extends string, Labels extends string>(name: Name, help: string, labels: Labels) =>
  ({
    name: `mcp.${name}`,
    kind: 'histogram',
    help,
    unit: 's',
    labels,
    buckets: MCP_DURATION_SECONDS,
    group: 'semconv',
  }) as const

/** The proxy's own boundaries of tokens, and of times of tokens: crates/agentgateway/src/telemetry/metrics.rs at 75b4e6c. */
const TOKENS_OF_A_CALL = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
] as const
const FIRST_TOKEN_SECONDS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
] as const
const TOKEN_SECONDS = [0.001, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5] as const

export const METRICS = {
  requests: {
    name: 'agentgateway_requests_total',
    kind: 'counter',
    help: 'HTTP requests served.',
    unit: '{request}',
    labels: 'http',
  },
  requestDuration: {
    name: 'agentgateway_request_duration_seconds',
    kind: 'histogram',
    help: 'Time from the head of an HTTP request to the end of its response, in seconds.',
    unit: 's',
    labels: 'http',
    buckets: DURATION_SECONDS,
  },
  requestSize: {
    name: 'agentgateway_request_size_bytes',
    kind: 'histogram',
    help: 'Size of the body of an HTTP request, in bytes.',
    unit: 'By',
    labels: 'http',
    buckets: SIZE_BYTES,
  },
  responseSize: {
    name: 'agentgateway_response_size_bytes',
    kind: 'histogram',
    help: 'Size of the body of an HTTP response, in bytes.',
    unit: 'By',
    labels: 'http',
    buckets: SIZE_BYTES,
  },
  connectionsActive: {
    name: 'agentgateway_connections_active',
    kind: 'gauge',
    help: 'Accepted connections that are open.',
    unit: '{connection}',
    labels: 'connection',
  },
  connections: {
    name: 'agentgateway_connections_total',
    kind: 'counter',
    help: 'Connections accepted.',
    unit: '{connection}',
    labels: 'connection',
  },
  mcpSessionsActive: {
    name: 'agentgateway_mcp_sessions_active',
    kind: 'gauge',
    help: 'MCP sessions that are open.',
    unit: '{session}',
    labels: 'mcpSession',
  },
  mcpRequests: {
    name: 'agentgateway_mcp_requests_total',
    kind: 'counter',
    help: 'MCP requests and notifications that a client sent.',
    unit: '{request}',
    labels: 'mcpRequest',
  },
  mcpRequestDuration: {
    name: 'agentgateway_mcp_request_duration_seconds',
    kind: 'histogram',
    help: 'Time from an MCP request to its response, in seconds.',
    unit: 's',
    labels: 'mcpRequest',
    buckets: MCP_DURATION_SECONDS,
    group: 'mcp',
  },
  mcpSessionDuration: {
    name: 'agentgateway_mcp_session_duration_seconds',
    kind: 'histogram',
    help: 'Time from the beginning of an MCP session to its end, in seconds.',
    unit: 's',
    labels: 'mcpSession',
    buckets: MCP_DURATION_SECONDS,
    group: 'mcp',
  },
  llmRequests: {
    name: 'agentgateway_llm_requests_total',
    kind: 'counter',
    help: 'Calls to LLM providers.',
    unit: '{request}',
    labels: 'llmRequest',
  },
  llmTokens: {
    name: 'agentgateway_llm_tokens_total',
    kind: 'counter',
    help: 'Tokens of LLM calls: input includes cached tokens, output includes reasoning.',
    unit: '{token}',
    labels: 'llmToken',
  },
  llmRequestDuration: {
    name: 'agentgateway_llm_request_duration_seconds',
    kind: 'histogram',
    help: 'Time from the head of an LLM call to the end of its response, in seconds.',
    unit: 's',
    labels: 'llmDuration',
    buckets: LLM_DURATION_SECONDS,
  },
  llmTimeToFirstToken: {
    name: 'agentgateway_llm_time_to_first_token_seconds',
    kind: 'histogram',
    help: 'Time from the head of an LLM call to the first content of its streamed response, in seconds.',
    unit: 's',
    labels: 'llmStream',
    buckets: LLM_DURATION_SECONDS,
    group: 'genai',
  },
  llmTokenDetails: {
    name: 'agentgateway_llm_token_details_total',
    kind: 'counter',
    help: 'Tokens of LLM calls that are parts of the input or the output: cached, audio, reasoning.',
    unit: '{token}',
    labels: 'llmTokenDetail',
    group: 'genai',
  },
  genAiOperationDuration: {
    name: 'gen_ai.client.operation.duration',
    kind: 'histogram',
    help: 'Time from the head of an LLM call to the end of its response, in seconds.',
    unit: 's',
    labels: 'genAiOperation',
    buckets: GEN_AI_SECONDS,
    group: 'semconv',
  },
  genAiTimeToFirstChunk: {
    name: 'gen_ai.client.operation.time_to_first_chunk',
    kind: 'histogram',
    help: 'Time from the head of an LLM call to the first message of its streamed response, in seconds.',
    unit: 's',
    labels: 'genAiStream',
    buckets: GEN_AI_SECONDS,
    group: 'semconv',
  },
  genAiInputTokens: genAiTokens('input_tokens', 'Input tokens of LLM calls, cached tokens included.'),
  genAiOutputTokens: genAiTokens('output_tokens', 'Output tokens of LLM calls, reasoning included.'),
  genAiCacheReadTokens: genAiTokens(
    'cache_read.input_tokens',
    'Input tokens of LLM calls that were read from a cache.',
  ),
  genAiCacheWriteTokens: genAiTokens(
    'cache_write.input_tokens',
    'Input tokens of LLM calls that were written to a cache.',
  ),
  genAiReasoningTokens: genAiTokens('reasoning.output_tokens', 'Output tokens of LLM calls that are reasoning.'),
  mcpClientOperationDuration: mcpSeconds(
    'client.operation.duration',
    'Time from an MCP request that this process sent to its response, in seconds.',
    'mcpOperation',
  ),
  mcpServerOperationDuration: mcpSeconds(
    'server.operation.duration',
    'Time from an MCP request that this process received to its response, in seconds.',
    'mcpOperation',
  ),
  mcpClientSessionDuration: mcpSeconds(
    'client.session.duration',
    'Time from the beginning of an MCP session to its end, as its client sees it, in seconds.',
    'mcpSessionOfRole',
  ),
  mcpServerSessionDuration: mcpSeconds(
    'server.session.duration',
    'Time from the beginning of an MCP session to its end, as its server sees it, in seconds.',
    'mcpSessionOfRole',
  ),
  buildInfo: {
    name: 'agentgateway_build_info',
    kind: 'gauge',
    help: 'The version of the instrumentation. The value is always 1.',
    unit: '',
    labels: 'build',
    isInfo: true,
    group: 'proxy',
  },
  proxyTokenUsage: {
    name: 'agentgateway_gen_ai_client_token_usage',
    kind: 'histogram',
    help: 'Tokens of one LLM call: input includes cached tokens, output includes reasoning.',
    unit: '{token}',
    labels: 'proxyTokenUsage',
    buckets: TOKENS_OF_A_CALL,
    group: 'proxy',
  },
  proxyRequestDuration: {
    name: 'agentgateway_gen_ai_server_request_duration',
    kind: 'histogram',
    help: 'Time from the head of an LLM call to the end of its response, in seconds.',
    unit: '',
    labels: 'proxyGenAi',
    buckets: GEN_AI_SECONDS,
    group: 'proxy',
  },
  proxyTimeToFirstToken: {
    name: 'agentgateway_gen_ai_server_time_to_first_token',
    kind: 'histogram',
    help: 'Time from the head of an LLM call to the first content of its streamed response, in seconds.',
    unit: '',
    labels: 'proxyGenAi',
    buckets: FIRST_TOKEN_SECONDS,
    group: 'proxy',
  },
  proxyTimePerOutputToken: {
    name: 'agentgateway_gen_ai_server_time_per_output_token',
    kind: 'histogram',
    help: 'Time from the first content of a streamed response to its end, divided by the output tokens, in seconds.',
    unit: '',
    labels: 'proxyGenAi',
    buckets: TOKEN_SECONDS,
    group: 'proxy',
  },
  proxyConnections: {
    name: 'agentgateway_downstream_connections_total',
    kind: 'counter',
    help: 'Connections accepted.',
    unit: '{connection}',
    labels: 'proxyConnection',
    group: 'proxy',
  },
  proxyReceivedBytes: {
    name: 'agentgateway_downstream_received_bytes_total',
    kind: 'counter',
    help: 'Bytes received over accepted connections, counted when they end.',
    unit: 'By',
    labels: 'proxyConnection',
    group: 'proxy',
  },
  proxySentBytes: {
    name: 'agentgateway_downstream_sent_bytes_total',
    kind: 'counter',
    help: 'Bytes sent over accepted connections, counted when they end.',
    unit: 'By',
    labels: 'proxyConnection',
    group: 'proxy',
  },
} as const satisfies Record<string, MetricDefinition>

export type MetricKey = keyof typeof METRICS

/** The metrics without a group. They are made unless they are taken away by name. */
export const DEFAULT_METRICS: readonly MetricDefinition[] = definitions().filter(({ group }) => group === undefined)

/** The metrics that are made only when they are asked for. */
export const OPTIONAL_METRICS: readonly MetricDefinition[] = definitions().filter(({ group }) => group !== undefined)

function definitions(): readonly MetricDefinition[] {
  return Object.values(METRICS)
}
