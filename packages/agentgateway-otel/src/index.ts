/**
 * What an app may tell the preload about its requests and calls. It also works in the app's own bundle, and does nothing
 * without the preload.
 *
 * @module
 * @example
 * import { setRoute } from 'agentgateway-otel'
 *
 * setRoute(request, '/users/:id')
 */
export { setRoute } from '@agentgateway-otel/instrumentation-http'
export { type LlmCall, recordLlmCall } from '@agentgateway-otel/instrumentation-llm'
