/**
 * The label sets that the metrics of the table have, with the bounds of their values.
 *
 * @module
 */

/** The bound of a label's values: a closed list, or how many distinct values of what length are kept. */
export type LabelBound = (ClosedLabel | OpenLabel) & {
  /** Whether the label is left out where its value is empty, as OpenTelemetry's conventions want it for attributes. */
  readonly isOptional?: boolean
}

/** The bound of a label whose values are known beforehand. Any other value becomes `_OTHER`. */
export interface ClosedLabel {
  readonly values: readonly string[]
}

/**
 * The bound of a label whose values come from the app or its clients. A value that is longer, or one too many, becomes
 * `_OTHER`.
 */
export interface OpenLabel {
  /** How many distinct values are kept over the life of the process. */
  readonly maxValues: number
  /** The length of the longest value that is kept, in UTF-16 code units. */
  readonly maxLength: number
}

/** The value that replaces every value out of bounds. */
export const OTHER = '_OTHER'

/** The value of a label that cannot be known. */
export const UNKNOWN = 'unknown'

const open = (maxValues: number, maxLength: number): OpenLabel => ({ maxValues, maxLength })
const closed = <V extends string>(...values: V[]): { readonly values: readonly V[] } => ({ values })

/** The same bound for a label that is left out where its value is empty. */
const optional = <B extends LabelBound>(bound: B) => ({ ...bound, isOptional: true })

const model = open(200, 128)
const operation = closed('chat', 'text_completion', 'embeddings', 'rerank', 'generate_content')
const system = open(50, 64)
const genAi = [
  ['gen_ai_operation_name', operation],
  ['gen_ai_system', system],
  ['gen_ai_request_model', model],
  ['gen_ai_response_model', model],
] as const
/** This label is empty on success, else the HTTP status, `aborted`, or the error's code. */
const errorType = ['error_type', open(100, 64)] as const

/** The listening port, or `unix`. */
const bind = ['bind', open(100, 16)] as const
const connectionProtocol = ['protocol', closed('http', 'https', 'tls', 'tcp')] as const

/** The attributes of OpenTelemetry's semantic conventions for LLM calls. */
const genAiAttributes = [
  ['gen_ai.operation.name', operation],
  ['gen_ai.provider.name', system],
  ['gen_ai.request.model', optional(model)],
  ['gen_ai.response.model', optional(model)],
] as const
const errorAttribute = ['error.type', optional(errorType[1])] as const
/** How MCP's messages travel: over TCP with HTTP, or through a pipe. */
const networkAttributes = [
  ['network.transport', closed('tcp', 'pipe')],
  ['network.protocol.name', optional(closed('http'))],
] as const

/** Labels of the agentgateway proxy for what it knows from its configuration, and an app does not. */
const listener = ['listener', closed(UNKNOWN)] as const
const proxyRoute = [
  ['bind', closed(UNKNOWN)],
  listener,
  ['route', closed(UNKNOWN)],
  ['route_rule', closed(UNKNOWN)],
] as const

/** The methods that a client sends, of all revisions of the MCP specification from 2024-11-05 to 2026-07-28. */
const mcpMethod = closed(
  'initialize',
  'ping',
  'server/discover',
  'completion/complete',
  'logging/setLevel',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/directory/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'resources/templates/list',
  'skills/get',
  'skills/list',
  'subscriptions/listen',
  'tasks/cancel',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/update',
  'tools/call',
  'tools/list',
  'notifications/cancelled',
  'notifications/initialized',
  'notifications/progress',
  'notifications/roots/list_changed',
  'notifications/tasks/status',
)
const role = ['role', closed('server', 'client')] as const
const transport = ['transport', closed('streamable_http', 'sse', 'stdio')] as const

/**
 * The label sets that metrics share. `LabelSet.of` takes the values in this order. Every metric has the constant label
 * `gateway` besides, which the exporter writes.
 */
export const LABEL_SETS = {
  http: [
    // The methods of RFC 9110, PATCH (RFC 5789) and QUERY.
    ['method', closed('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY')],
    // The status code that was sent; 499 when the client went away first.
    ['status', closed(...Array.from({ length: 500 }, (_, i) => String(100 + i)))],
    // The framework's template, never a raw path; `unknown` where there is none.
    ['route', open(1000, 256)],
    ['protocol', closed('http', 'mcp')],
  ],
  connection: [bind, connectionProtocol],
  mcpSession: [role, transport],
  mcpRequest: [
    ['method', mcpMethod],
    role,
    transport,
    // The kind of thing that the method concerns; empty where it concerns none of these.
    ['resource_type', closed('', 'tool', 'prompt', 'resource', 'templates', 'skill', 'task')],
    // The name of a tool or a prompt; empty for other methods.
    ['resource', open(500, 128)],
    // The MCP server's own name, or `unknown`.
    ['server', open(100, 128)],
    ['status', closed('ok', 'error', 'none')],
  ],
  llmRequest: [...genAi, errorType, ['usage', closed('reported', 'missing', 'none')]],
  llmToken: [['gen_ai_token_type', closed('input', 'output')], ...genAi],
  llmTokenDetail: [
    // Each is a part of the input or of the output, as its name says. Audio may be cached, so the parts may overlap.
    [
      'gen_ai_token_type',
      closed('input_cache_read', 'input_cache_write', 'input_audio', 'output_reasoning', 'output_audio'),
    ],
    ...genAi,
  ],
  llmDuration: [...genAi, errorType],
  llmStream: genAi,
  genAiOperation: [...genAiAttributes, errorAttribute],
  genAiStream: genAiAttributes,
  genAiUsage: [
    // Most providers do not say what kind of content the tokens stand for.
    ['gen_ai.token.modality', closed('audio', 'unknown')],
    ...genAiAttributes,
  ],
  mcpOperation: [
    ['mcp.method.name', mcpMethod],
    ['gen_ai.operation.name', optional(closed('execute_tool'))],
    ['gen_ai.tool.name', optional(open(500, 128))],
    ['gen_ai.prompt.name', optional(open(500, 128))],
    errorAttribute,
    // The code of a JSON-RPC error.
    ['rpc.response.status_code', optional(open(100, 16))],
    ...networkAttributes,
  ],
  mcpSessionOfRole: networkAttributes,
  build: [
    // The version of the instrumentation.
    ['tag', open(1, 64)],
  ],
  proxyConnection: [bind, listener, connectionProtocol],
  proxyGenAi: [...genAi, ...proxyRoute],
  proxyTokenUsage: [
    ['gen_ai_token_type', closed('input', 'output', 'input_cache_read', 'input_cache_write')],
    ...genAi,
    ...proxyRoute,
  ],
} as const satisfies Record<string, readonly (readonly [name: string, bound: LabelBound])[]>

export type LabelSetName = keyof typeof LABEL_SETS

/** Returns the bound of one label of a label set. */
export function boundOf<N extends LabelSetName, L extends LabelName<N>>(labelSet: N, label: L): BoundOf<N, L> {
  const labels: readonly (readonly [name: string, bound: LabelBound])[] = LABEL_SETS[labelSet]
  return labels.find(([name]) => name === label)?.[1] as BoundOf<N, L>
}

export type LabelName<N extends LabelSetName> = (typeof LABEL_SETS)[N][number][0]

/** The bound of one label of a label set. */
export type BoundOf<N extends LabelSetName, L> = Extract<(typeof LABEL_SETS)[N][number], readonly [L, unknown]>[1]
