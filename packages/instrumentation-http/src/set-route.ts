import diagnostics_channel from 'node:diagnostics_channel'

/** What travels on the channel: the app's call. Both are unchecked, as the app gave them. */
export interface RouteMessage {
  readonly request: unknown
  readonly template: unknown
}

/**
 * A channel joins the two ends: the app may have bundled its copy of this function, and the preload is a bundle of its
 * own anyway.
 */
export const ROUTE_CHANNEL = 'agentgateway-otel:route'

const channel = diagnostics_channel.channel(ROUTE_CHANNEL)

/**
 * Says which route serves a request, for the label `route`: where a framework leaves no trace of it, or to give it a
 * better name. It wins over what is found otherwise; the last call counts, until the response has ended.
 *
 * Never throws, and does nothing where nothing counts requests, or when the arguments are of no use: not a request, or
 * a template that is not a string, or empty.
 *
 * @param request Node's own request (`http` or `http2`), or whatever a framework hands to the app that leads to it: the
 *   context of Koa, Hono (on @hono/node-server), h3 or hapi, a request of Express, Fastify or @hono/node-server.
 * @param template the route as the app wrote it, `/users/:id`: never a path that a client asked for. Left out, it is the
 *   route that the given context (of Koa, Hono, h3 or hapi) knows when the response has ended.
 */
export function setRoute(request: object, template?: string): void {
  if (channel.hasSubscribers) channel.publish({ request, template } satisfies RouteMessage)
}
