import { createLabelSet, createOptionalInstruments, type InstrumentOptions, OTHER } from '@agentgateway-otel/metrics'
import type { Meter } from '@opentelemetry/api'
import type { McpResponse } from './json-rpc.ts'
import type { Role, Status, TransportName } from './label-values.ts'

/** A request that was answered. */
interface AnsweredRequest {
  readonly method: string
  /** The name of the tool or prompt, as the label `resource` has it. */
  readonly resource: string
  readonly status: Status
  /** Undefined if the request was refused with an HTTP status alone. */
  readonly response: McpResponse | undefined
  readonly durationSeconds: number
}

/** The metrics of MCP under the names of OpenTelemetry's semantic conventions. */
export interface StandardMetrics {
  recordRequest(role: Role, transport: TransportName, request: AnsweredRequest): void
  recordSession(role: Role, transport: TransportName, durationSeconds: number): void
}

const KEYS = [
  'mcpClientOperationDuration',
  'mcpServerOperationDuration',
  'mcpClientSessionDuration',
  'mcpServerSessionDuration',
] as const

/** Returns nothing if none of these metrics is asked for. */
export function createStandardMetrics(meter: Meter, options?: InstrumentOptions): StandardMetrics | undefined {
  const instruments = createOptionalInstruments(meter, KEYS, options)
  if (instruments === undefined) return undefined
  const operations = {
    client: instruments.mcpClientOperationDuration,
    server: instruments.mcpServerOperationDuration,
  }
  const sessions = { client: instruments.mcpClientSessionDuration, server: instruments.mcpServerSessionDuration }
  const operationLabels = createLabelSet('mcpOperation')
  const sessionLabels = createLabelSet('mcpSessionOfRole')

  return {
    recordRequest(role, transport, { method, resource, status, response, durationSeconds }) {
      const isTool = method === 'tools/call'
      const code = String(response?.errorCode ?? '')
      operations[role]?.record(
        durationSeconds,
        operationLabels.of(
          method,
          isTool ? 'execute_tool' : '',
          isTool ? resource : '',
          method === 'prompts/get' ? resource : '',
          status === 'error' ? errorTypeOf(response) : '',
          code,
          networkTransportOf(transport),
          protocolOf(transport),
        ),
      )
    },
    recordSession(role, transport, durationSeconds) {
      sessions[role]?.record(durationSeconds, sessionLabels.of(networkTransportOf(transport), protocolOf(transport)))
    },
  }
}

/** Returns the code of a JSON-RPC error, or what the conventions have for the error that a tool returns. */
function errorTypeOf(response: McpResponse | undefined): string {
  if (response === undefined) return OTHER
  if (response.errorCode !== undefined) return String(response.errorCode)
  return response.isToolError ? 'tool_error' : OTHER
}

const networkTransportOf = (transport: TransportName) => (transport === 'stdio' ? 'pipe' : 'tcp')

const protocolOf = (transport: TransportName) => (transport === 'stdio' ? '' : 'http')
