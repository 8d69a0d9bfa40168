import {
  contextOfSpan,
  createInstruments,
  createLabelSet,
  type InstrumentOptions,
  UNKNOWN,
} from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener, OutputListener, StartedChild } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { createAgentListeners } from './agents/agent-listener.ts'
import { createBackgroundCalls } from './background-calls.ts'
import { type CallContext, CallListener } from './call-listener.ts'
import type { CallRecord, CountedCall, TokenCounts } from './call-record.ts'
import { findFollowUp, findFormat } from './find-format.ts'
import { createGenAiMetrics } from './genai-metrics.ts'
import { GrpcListener } from './grpc/grpc-listener.ts'
import { findGrpcMethod } from './grpc/grpc-methods.ts'
import { createProxyMetrics } from './proxy-metrics.ts'
import { createRetries } from './retries.ts'
import { findSocketFormat } from './sockets/index.ts'
import { SocketListener } from './sockets/socket-listener.ts'
import { createStandardMetrics } from './standard-metrics.ts'
import { createSystems } from './systems.ts'
import { isWebSocket } from './web-socket.ts'

/** The metrics of LLM calls. */
export interface CallMetrics {
  /** @returns a listener if the exchange's path is that of an LLM API, or if it is about a call in the background */
  observe(exchange: Exchange): ExchangeListener | undefined
  /** @returns a listener if the child's command may be that of an agent that says what it uses */
  observeChild(child: StartedChild): OutputListener | undefined
  /** Counts a call that the wire does not show. */
  record(call: CallRecord): void
  /** Counts the calls that are held because they may be tried again, or because they run in the background. */
  flush(): void
}

const isGrpc = (exchange: Exchange) =>
  exchange.method === 'POST' && exchange.header('content-type')?.startsWith('application/grpc') === true

/** What creates further metrics, by the groups of the table. */
const GROUPS = [createGenAiMetrics, createStandardMetrics, createProxyMetrics]

/**
 * @param hosts `gen_ai_system` by host, as `createSystems` has it
 * @param now a clock that never goes back, in milliseconds
 */
export function createCallMetrics(
  meter: Meter,
  hosts?: ReadonlyMap<string, string>,
  options?: InstrumentOptions,
  now = () => performance.now(),
): CallMetrics {
  const instruments = createInstruments(meter, ['llmRequests', 'llmTokens', 'llmRequestDuration'], options)
  const more = GROUPS.flatMap((createMetrics) => createMetrics(meter, options) ?? [])
  const clock = more.length === 0 ? undefined : now
  const requestLabels = createLabelSet('llmRequest')
  const tokenLabels = createLabelSet('llmToken')
  const durationLabels = createLabelSet('llmDuration')

  function countEnded(call: CountedCall): void {
    const { operation, system, requestModel = UNKNOWN, responseModel = UNKNOWN, errorType, usage } = call
    instruments.llmRequests?.add(1, requestLabels.of(operation, system, requestModel, responseModel, errorType, usage))
    if (call.durationSeconds !== undefined) {
      instruments.llmRequestDuration?.record(
        call.durationSeconds,
        durationLabels.of(operation, system, requestModel, responseModel, errorType),
        contextOfSpan(call.span),
      )
    }
    for (const metrics of more) metrics.countEnded(call)
  }

  function countTokens(call: CountedCall): void {
    const { responseModel = UNKNOWN, otherModels } = call
    addTokens(call, responseModel, call)
    if (otherModels === undefined) return
    for (const [model, counts] of otherModels) addTokens(call, model, counts)
  }

  function addTokens(call: CountedCall, model: string, counts: TokenCounts): void {
    const { inputTokens, outputTokens } = counts
    const { operation, system, requestModel = UNKNOWN } = call
    const add = (type: string, count: number) =>
      instruments.llmTokens?.add(count, tokenLabels.of(type, operation, system, requestModel, model))
    if (inputTokens !== undefined) add('input', inputTokens)
    if (outputTokens !== undefined) add('output', outputTokens)
    for (const metrics of more) metrics.countTokens(call, model, counts)
  }

  const backgroundCalls = createBackgroundCalls(countEnded, countTokens, clock)

  function countCall(call: CallRecord): void {
    if (call.background === undefined) countEnded(call)
    else backgroundCalls.hold(call)
  }

  const retries = createRetries(countCall)
  const context: CallContext = {
    systems: createSystems(hosts),
    retries,
    backgroundCalls,
    clock,
    countTokens,
    countCall,
  }
  return {
    observeChild: createAgentListeners({ systems: context.systems, countCall: countEnded, countTokens }),
    observe(exchange) {
      const match = findFormat(exchange.method, exchange.target)
      if (match !== undefined) return new CallListener(exchange, match, context)
      // The path is compared first: few have one of these, and headers take longer to read.
      const grpcMethod = findGrpcMethod(exchange.target)
      if (grpcMethod !== undefined && isGrpc(exchange)) return new GrpcListener(exchange, grpcMethod, context)
      const socketFormat = findSocketFormat(exchange.target)
      if (socketFormat !== undefined && isWebSocket(exchange))
        return new SocketListener(exchange, socketFormat, context)
      const followUp = backgroundCalls.isEmpty ? undefined : findFollowUp(exchange.method, exchange.target)
      return followUp && backgroundCalls.observe(exchange, followUp)
    },
    record(call) {
      countTokens(call)
      countEnded(call)
    },
    flush() {
      retries.flush()
      backgroundCalls.flush()
    },
  }
}
