import {
  contextOfSpan,
  createLabelSet,
  createOptionalInstruments,
  type InstrumentOptions,
  UNKNOWN,
} from '@agentgateway-otel/metrics'
import type { Meter } from '@opentelemetry/api'
import type { MoreMetrics } from './more-metrics.ts'

const KEYS = ['proxyTokenUsage', 'proxyRequestDuration', 'proxyTimeToFirstToken', 'proxyTimePerOutputToken'] as const

/** The labels of a route, which only the proxy's configuration knows: bind, listener, route and route_rule. */
const NO_ROUTE = [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN] as const

/**
 * Creates the metrics of LLM calls that the agentgateway proxy has, with its names and labels. Returns nothing if none of them is
 * asked for.
 */
export function createProxyMetrics(meter: Meter, options?: InstrumentOptions): MoreMetrics | undefined {
  const instruments = createOptionalInstruments(meter, KEYS, options)
  if (instruments === undefined) return undefined
  const { proxyTokenUsage, proxyRequestDuration, proxyTimeToFirstToken, proxyTimePerOutputToken } = instruments
  const callLabels = createLabelSet('proxyGenAi')
  const usageLabels = createLabelSet('proxyTokenUsage')

  return {
    countEnded(call) {
      const { operation, system, requestModel = UNKNOWN, responseModel = UNKNOWN } = call
      const { durationSeconds, firstTokenSeconds, outputTokens = 0 } = call
      if (durationSeconds === undefined) return
      const labels = callLabels.of(operation, system, requestModel, responseModel, ...NO_ROUTE)
      const context = contextOfSpan(call.span)
      proxyRequestDuration?.record(durationSeconds, labels, context)
      if (firstTokenSeconds === undefined) return
      proxyTimeToFirstToken?.record(firstTokenSeconds, labels, context)
      if (outputTokens === 0) return
      proxyTimePerOutputToken?.record((durationSeconds - firstTokenSeconds) / outputTokens, labels, context)
    },

    countTokens(call, model, { inputTokens, outputTokens, details }) {
      // The histogram's values are those of single calls.
      if (call.isSum) return
      const { operation, system, requestModel = UNKNOWN } = call
      const record = (type: string, count: number | undefined) => {
        if (count === undefined) return
        proxyTokenUsage?.record(count, usageLabels.of(type, operation, system, requestModel, model, ...NO_ROUTE))
      }
      record('input', inputTokens)
      record('output', outputTokens)
      record('input_cache_read', details?.get('input_cache_read'))
      record('input_cache_write', details?.get('input_cache_write'))
    },
  }
}
