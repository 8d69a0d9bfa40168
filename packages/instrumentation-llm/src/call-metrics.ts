import { createInstruments, createLabelSet, type MetricSelector, UNKNOWN } from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { joinBackgroundCalls } from './background-calls.ts'
import { type CallRecord, createCall } from './call-listener.ts'
import { findFollowUp, findFormat } from './formats/index.ts'
import type { TokenCounts } from './llm-response.ts'
import { joinRetries } from './retries.ts'
import { createSystems } from './systems.ts'

/** The three metrics of LLM calls. */
export interface Calls {
  /** Follows an exchange that has the shape of a call. */
  observe(exchange: Exchange): ExchangeListener | undefined
  /** Counts a call that the wire does not show. */
  record(call: CallRecord): void
  /** Counts what is held back until its SDK tries again, or until its end in the background is known. */
  flush(): void
}

/** @param hosts `gen_ai_system` by host, for hosts that are not known */
export function countCalls(
  meter: Meter,
  hosts?: ReadonlyMap<string, string>,
  metrics?: readonly MetricSelector[],
): Calls {
  const instruments = createInstruments(meter, ['llmRequests', 'llmTokens', 'llmRequestDuration'], metrics)
  const requests = createLabelSet('llmRequest')
  const tokens = createLabelSet('llmToken')
  const durations = createLabelSet('llmDuration')
  const systems = createSystems(hosts)

  function countCall(call: CallRecord): void {
    const { operation, system, requestModel = UNKNOWN, responseModel = UNKNOWN, errorType } = call
    const labels = requests.of(operation, system, requestModel, responseModel, errorType, call.usage)
    instruments.llmRequests.add(1, labels)
    const durationLabels = durations.of(operation, system, requestModel, responseModel, errorType)
    instruments.llmRequestDuration.record(call.durationSeconds, durationLabels)
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
      instruments.llmTokens.add(count, tokens.of(type, operation, system, requestModel, model))
    }
  }

  const background = joinBackgroundCalls(countCall, countTokens)
  const count = (call: CallRecord) => (call.ongoing === undefined ? countCall(call) : background.hold(call))
  const retries = joinRetries(count)
  const counter = { tokens: countTokens, call: count, retries, background }
  return {
    observe(exchange) {
      const found = findFormat(exchange.method, exchange.target)
      if (found !== undefined) return createCall(exchange, found, systems, counter)
      const followUp = background.isEmpty ? undefined : findFollowUp(exchange.method, exchange.target)
      return followUp && background.follow(exchange, followUp)
    },
    record(call) {
      countTokens(call)
      countCall(call)
    },
    flush() {
      retries.flush()
      background.flush()
    },
  }
}
