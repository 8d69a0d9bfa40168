/**
 * The functions by which an app adds to its metrics, and by which it makes them with its own OpenTelemetry SDK. They also
 * work in the app's own bundle. The former do nothing without the preload and without such an SDK.
 *
 * @module
 * @example
 * import { setRoute } from 'agentgateway-otel'
 *
 * setRoute(request, '/users/:id')
 */
import { startIfPreloaded } from './start-if-preloaded.ts'

export { setRoute } from '@agentgateway-otel/instrumentation-http'
export { type LlmCall, recordLlmCall } from '@agentgateway-otel/instrumentation-llm'
export { flush } from './flush.ts'
export { getInstrumentations, type MetricsOnlyInstrumentation } from './instrumentations/get-instrumentations.ts'
export type { InstrumentationOptions } from './instrumentations/options.ts'

startIfPreloaded()
