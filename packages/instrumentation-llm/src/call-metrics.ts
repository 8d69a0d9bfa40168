import {
  contextOfSpan,
  createInstruments,
  createLabelSet,
  type InstrumentOptions,
  UNKNOWN,
} from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { createBackgroundCalls } from './background-calls.ts'
import { type CallContext, createCallListener } from './call-listener.ts'
import type { CallRecord, TokenCounts } from './call-record.ts'
import { findFollowUp, findFormat } from './find-format.ts'
import { createRetries } from './retries.ts'
import { createSystems } from './systems.ts'

/** The three metrics of LLM calls. */
export interface CallMetrics {
  /** @returns a listener if the exchange's path is that of an LLM API, or if it is about a call in the background */
  observe(exchange: Exchange): ExchangeListener | undefined
  /** Counts a call that the wire does not show. */
  record(call: CallRecord): void
  /** Counts the calls that are held because they may be tried again, or because they run in the background. */
  flush(): void
}

/** @param hosts `gen_ai_system` by host, as `createSystems` has it */
export function createCallMetrics(
  meter: Meter,
  hosts?: ReadonlyMap<string, string>,
  options?: InstrumentOptions,
): CallMetrics {
  const instruments = createInstruments(meter, ['llmRequests', 'llmTokens', 'llmRequestDuration'], options)
  const requestLabels = createLabelSet('llmRequest')
  const tokenLabels = createLabelSet('llmToken')
  const durationLabels = createLabelSet('llmDuration')

  function countEnded(call: CallRecord): void {
    const { operation, system, requestModel = UNKNOWN, responseModel = UNKNOWN, errorType, usage } = call
    instruments.llmRequests.add(1, requestLabels.of(operation, system, requestModel, responseModel, errorType, usage))
    instruments.llmRequestDuration.record(
      call.durationSeconds,
      durationLabels.of(operation, system, requestModel, responseModel, errorType),
      contextOfSpan(call.span),
    )
  }

  function countTokens(call: CallRecord): void {
    const { responseModel = UNKNOWN, otherModels } = call
    addTokens(call, responseModel, call)
    if (otherModels === undefined) return
    for (const [model, counts] of otherModels) addTokens(call, model, counts)
  }

  function addTokens(call: CallRecord, model: string, { inputTokens, outputTokens }: TokenCounts): void {
    const { operation, system, requestModel = UNKNOWN } = call
    for (const [type, count] of [
      ['input', inputTokens],
      ['output', outputTokens],
    ] as const) {
      if (count === undefined) continue
      instruments.llmTokens.add(count, tokenLabels.of(type, operation, system, requestModel, model))
    }
  }

  const backgroundCalls = createBackgroundCalls(countEnded, countTokens)

  function countCall(call: CallRecord): void {
    if (call.background === undefined) countEnded(call)
    else backgroundCalls.hold(call)
  }

  const retries = createRetries(countCall)
  const context: CallContext = { systems: createSystems(hosts), retries, backgroundCalls, countTokens, countCall }
  return {
    observe(exchange) {
      const match = findFormat(exchange.method, exchange.target)
      if (match !== undefined) return createCallListener(exchange, match, context)
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
