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
 * Sets the route of a request, for the label `route`: where the framework's route cannot be found, or to replace it.
 *
 * It takes precedence over every route that is found otherwise. It may be called until the response has ended, and the
 * last call counts. It never throws. It does nothing without the preload, and where an argument is of no use: something
 * that is no request, or a template that is empty or not a string.
 *
 * @param request Node's own request (`http` or `http2`), or an object of a framework that leads to it: the context of
 *   Koa, Hono (on @hono/node-server), h3 or hapi; the request of Express, Fastify or @hono/node-server.
 * @param template The route as the app wrote it, `/users/:id`; never a path that a client requested. Without it, the
 *   route is read from the context (of Koa, Hono, h3 or hapi) when the response has ended.
 */
export const setRoute: (request: object, template?: string) => void = http.setRoute
