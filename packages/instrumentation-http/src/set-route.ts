import diagnostics_channel from 'node:diagnostics_channel'

/** A call of `setRoute`: the arguments as the app gave them, which nothing has checked. */
export interface RouteMessage {
  readonly request: unknown
  readonly template: unknown
}

/**
 * The diagnostics channel from `setRoute` to the instrumentation. The two are in different copies of this package: the
 * preload is a bundle, and the app may be bundled, too.
 */
export const ROUTE_CHANNEL = 'agentgateway-otel:http.route'

const channel = diagnostics_channel.channel(ROUTE_CHANNEL)

/**
 * Sets the route of a request, for the label `route`: where the framework's route cannot be found, or to replace it.
 *
 * It takes precedence over every route that is found otherwise. It may be called until the response has ended, and the
 * last call counts. It never throws. It does nothing where requests are not counted, and where an argument is of no
 * use: something that is no request, or a template that is empty or not a string.
 *
 * @param request Node's own request (`http` or `http2`), or an object of a framework that leads to it: the context of
 *   Koa, Hono (on @hono/node-server), h3 or hapi; the request of Express, Fastify or @hono/node-server.
 * @param template The route as the app wrote it, `/users/:id`; never a path that a client requested. Without it, the
 *   route is read from the context (of Koa, Hono, h3 or hapi) when the response has ended.
 */
export function setRoute(request: object, template?: string): void {
  if (channel.hasSubscribers) channel.publish({ request, template } satisfies RouteMessage)
}
