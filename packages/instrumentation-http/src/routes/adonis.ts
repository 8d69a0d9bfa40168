import type { LinkedSource } from './route-source.ts'

/** AdonisJS's context, once its router has found a route. */
interface AdonisContext {
  readonly route?: { readonly pattern?: unknown }
  readonly routeKey?: unknown
}

/** AdonisJS: its context, which cannot be reached from Node's request, is linked as it gets the route. */
export const adonis: LinkedSource = {
  sourceLinks: [
    { after: 'ctx.routeKey = route.routeKey;', message: '{ request: ctx.request?.request, context: ctx }' },
  ],
  findContextRoute(context) {
    const { route, routeKey } = context as AdonisContext
    return routeKey !== undefined && typeof route?.pattern === 'string' ? route.pattern : undefined
  },
}
