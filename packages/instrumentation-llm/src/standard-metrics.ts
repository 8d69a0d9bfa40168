import {
  contextOfSpan,
  createLabelSet,
  createOptionalInstruments,
  type InstrumentOptions,
  OTHER,
  UNKNOWN,
} from '@agentgateway-otel/metrics'
import type { Counter, Meter } from '@opentelemetry/api'
import type { TokenDetail } from './call-record.ts'
import type { MoreMetrics } from './more-metrics.ts'

const KEYS = [
  'genAiOperationDuration',
  'genAiTimeToFirstChunk',
  'genAiInputTokens',
  'genAiOutputTokens',
  'genAiCacheReadTokens',
  'genAiCacheWriteTokens',
  'genAiReasoningTokens',
] as const

/**
 * Creates the metrics of LLM calls under the names of OpenTelemetry's semantic conventions. Returns nothing if none of them is
 * asked for.
 */
export function createStandardMetrics(meter: Meter, options?: InstrumentOptions): MoreMetrics | undefined {
  const instruments = createOptionalInstruments(meter, KEYS, options)
  if (instruments === undefined) return undefined
  const operationLabels = createLabelSet('genAiOperation')
  const streamLabels = createLabelSet('genAiStream')
  const usageLabels = createLabelSet('genAiUsage')
  const partCounters: readonly (readonly [TokenDetail, Counter | undefined])[] = [
    ['input_cache_read', instruments.genAiCacheReadTokens],
    ['input_cache_write', instruments.genAiCacheWriteTokens],
    ['output_reasoning', instruments.genAiReasoningTokens],
  ]

  return {
    countEnded(call) {
      const { operation, system, requestModel = '', responseModel = '', errorType, firstChunkSeconds, span } = call
      if (call.durationSeconds === undefined) return
      instruments.genAiOperationDuration?.record(
        call.durationSeconds,
        operationLabels.of(operation, system, requestModel, responseModel, errorType === UNKNOWN ? OTHER : errorType),
        contextOfSpan(span),
      )
      if (firstChunkSeconds === undefined) return
      instruments.genAiTimeToFirstChunk?.record(
        firstChunkSeconds,
        streamLabels.of(operation, system, requestModel, responseModel),
        contextOfSpan(span),
      )
    },

    countTokens(call, model, { inputTokens, outputTokens, details }) {
      const { operation, system, requestModel = '' } = call
      const responseModel = model === UNKNOWN ? '' : model
      const add = (counter: Counter | undefined, count: number, modality: string) =>
        counter?.add(count, usageLabels.of(modality, operation, system, requestModel, responseModel))

      /** Adds a whole by the kinds of its content: the audio if it is known, and the rest, whose kind is not. */
      function addWhole(counter: Counter | undefined, count: number | undefined, audio = 0): void {
        if (count === undefined) return
        if (audio > 0) add(counter, audio, 'audio')
        if (count > audio || audio === 0) add(counter, count - audio, UNKNOWN)
      }

      addWhole(instruments.genAiInputTokens, inputTokens, details?.get('input_audio'))
      addWhole(instruments.genAiOutputTokens, outputTokens, details?.get('output_audio'))
      for (const [detail, counter] of partCounters) {
        const count = details?.get(detail)
        if (count !== undefined) add(counter, count, UNKNOWN)
      }
    },
  }
}
