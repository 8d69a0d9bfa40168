/**
 * What an app may say to the metrics; it works in the app's own bundle, and does nothing where the preload is not.
 *
 * @module
 * @example
 * import { setRoute } from 'agentgateway-otel'
 *
 * setRoute(request, '/users/:id')
 */
import * as http from '@agentgateway-otel/instrumentation-http'

export { type LlmCall, recordLlmCall } from '@agentgateway-otel/instrumentation-llm'

/**
 * Says which route serves a request, for the label `route`: where a framework leaves no trace of it, or to give it a
 * better name. It wins over what is found otherwise; the last call counts, until the response has ended.
 *
 * Never throws, and does nothing without the preload, or when the arguments are of no use: not a request, or a template
 * that is not a string, or empty.
 *
 * @param request Node's own request (`http` or `http2`), or whatever a framework hands to the app that leads to it: the
 *   context of Koa, Hono (on @hono/node-server), h3 or hapi, a request of Express, Fastify or @hono/node-server.
 * @param template the route as the app wrote it, `/users/:id`: never a path that a client asked for. Left out, it is the
 *   route that the given context (of Koa, Hono, h3 or hapi) knows when the response has ended.
 */
export const setRoute: (request: object, template?: string) => void = http.setRoute
