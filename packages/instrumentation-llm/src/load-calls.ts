import { createCallMetrics } from './call-metrics.ts'

/**
 * Returns what makes the metrics of calls. To be called at the first request that may be a call: the preload has the
 * formats of all providers in a bundle of their own, which is loaded then.
 */
export const loadCalls = (): typeof createCallMetrics => createCallMetrics
