import { createInstruments, createLabelSet, UNKNOWN } from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { type CallRecord, createCall } from './call.ts'
import { findFormat } from './formats/index.ts'
import { joinRetries } from './retries.ts'
import { createSystems } from './systems.ts'

/** The three metrics of LLM calls. */
export interface Calls {
  /** Follows an exchange that has the shape of a call. */
  observe(exchange: Exchange): ExchangeListener | undefined
  /** Counts a call that the wire does not show. */
  record(call: CallRecord): void
  /** Counts what is held back until its SDK tries again. */
  flush(): void
}

/** @param hosts `gen_ai_system` by host, for hosts that are not known */
export function countCalls(meter: Meter, hosts?: ReadonlyMap<string, string>): Calls {
  const instruments = createInstruments(meter, ['llmRequests', 'llmTokens', 'llmRequestDuration'])
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
    const { operation, system, requestModel = UNKNOWN, responseModel = UNKNOWN } = call
    for (const [type, count] of [
      ['input', call.inputTokens],
      ['output', call.outputTokens],
    ] as const) {
      if (count === undefined) continue
      instruments.llmTokens.add(count, tokens.of(type, operation, system, requestModel, responseModel))
    }
  }

  const retries = joinRetries(countCall)
  const counter = { tokens: countTokens, call: countCall, retries }
  return {
    observe(exchange) {
      const found = findFormat(exchange.method, exchange.target)
      return found && createCall(exchange, found, systems, counter)
    },
    record(call) {
      countTokens(call)
      countCall(call)
    },
    flush: retries.flush,
  }
}
