import {
  contextOfSpan,
  createLabelSet,
  createOptionalInstruments,
  type InstrumentOptions,
  UNKNOWN,
} from '@agentgateway-otel/metrics'
import type { Meter } from '@opentelemetry/api'
import type { MoreMetrics } from './more-metrics.ts'

/** Creates the time to the first token, and the parts of the tokens. Returns nothing if neither is asked for. */
export function createGenAiMetrics(meter: Meter, options?: InstrumentOptions): MoreMetrics | undefined {
  const keys = ['llmTimeToFirstToken', 'llmTokenDetails'] as const
  const instruments = createOptionalInstruments(meter, keys, options)
  if (instruments === undefined) return undefined
  const { llmTimeToFirstToken, llmTokenDetails } = instruments
  const streamLabels = createLabelSet('llmStream')
  const detailLabels = createLabelSet('llmTokenDetail')

  return {
    countEnded({ operation, system, requestModel = UNKNOWN, responseModel = UNKNOWN, firstTokenSeconds, span }) {
      if (firstTokenSeconds === undefined) return
      const labels = streamLabels.of(operation, system, requestModel, responseModel)
      llmTimeToFirstToken?.record(firstTokenSeconds, labels, contextOfSpan(span))
    },

    countTokens({ operation, system, requestModel = UNKNOWN }, model, { details = [] }) {
      for (const [type, count] of details) {
        llmTokenDetails?.add(count, detailLabels.of(type, operation, system, requestModel, model))
      }
    },
  }
}
