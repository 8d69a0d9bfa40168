import diagnostics_channel from 'node:diagnostics_channel'

/** The arguments of a call of `setRoute`, as the app gave them, unchecked. */
export interface RouteMessage {
  readonly request: unknown
  readonly template: unknown
}

/**
 * A diagnostics channel takes the call to the instrumentation, because the app's copy of this function may be in a bundle, and the
 * preload is a bundle of its own.
 */
export const ROUTE_CHANNEL = 'agentgateway-otel:http.route'

const channel = diagnostics_channel.channel(ROUTE_CHANNEL)

/**
 * Sets the route of a request for the label `route`, where a framework does not show it or to give it a better name. It takes
 * precedence over the framework's own route. The last call before the end of the response counts.
 *
 * Never throws. It does nothing if requests are not counted, or if the arguments are not usable: not a request, or a template
 * that is empty or not a string.
 *
 * @param request Node's own request (`http` or `http2`), or an object of a framework that refers to it: the context of Koa, Hono
 *   (on @hono/node-server), h3 or hapi, or a request of Express, Fastify or @hono/node-server.
 * @param template the route as the app wrote it, such as `/users/:id`, and never a path from a client. Without it, the route is
 *   the one that the given context (of Koa, Hono, h3 or hapi) has when the response has ended.
 */
export function setRoute(request: object, template?: string): void {
  if (channel.hasSubscribers) channel.publish({ request, template } satisfies RouteMessage)
}
