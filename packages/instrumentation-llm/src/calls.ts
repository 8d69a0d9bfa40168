import { createInstruments, createLabelSet, UNKNOWN } from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { type CallRecord, createCall } from './call.ts'
import { findFormat } from './formats/index.ts'

/** The three metrics of LLM calls: recorded once, at the end of a call. */
export function countCalls(meter: Meter): (exchange: Exchange) => ExchangeListener | undefined {
  const instruments = createInstruments(meter, ['llmRequests', 'llmTokens', 'llmRequestDuration'])
  const requests = createLabelSet('llmRequest')
  const tokens = createLabelSet('llmToken')
  const durations = createLabelSet('llmDuration')

  function record(call: CallRecord): void {
    const { operation, system, requestModel = UNKNOWN, responseModel = UNKNOWN, errorType } = call
    if (!call.isRetry) {
      const labels = requests.of(operation, system, requestModel, responseModel, errorType, call.usage)
      instruments.llmRequests.add(1, labels)
      const durationLabels = durations.of(operation, system, requestModel, responseModel, errorType)
      instruments.llmRequestDuration.record(call.durationSeconds, durationLabels)
    }
    for (const [type, count] of [
      ['input', call.inputTokens],
      ['output', call.outputTokens],
    ] as const) {
      if (count === undefined) continue
      instruments.llmTokens.add(count, tokens.of(type, operation, system, requestModel, responseModel))
    }
  }

  return (exchange) => {
    const found = findFormat(exchange.method, exchange.target)
    return found && createCall(exchange, found, record)
  }
}
