/**
 * The functions by which an app adds to its metrics. They also work in the app's own bundle, and do nothing without the
 * preload.
 *
 * @module
 * @example
 * import { setRoute } from 'agentgateway-otel'
 *
 * setRoute(request, '/users/:id')
 */
export { setRoute } from '@agentgateway-otel/instrumentation-http'
export { type LlmCall, recordLlmCall } from '@agentgateway-otel/instrumentation-llm'
export { flush } from './flush.ts'
