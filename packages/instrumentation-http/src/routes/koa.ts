import type { RouteSource } from './index.ts'

/** What @koa/router, and koa-router before it, add to a context. */
interface KoaContext {
  readonly method: string
  /** The path of the last layer that ran, which may be a middleware's; undefined where no route matched. */
  readonly _matchedRoute?: string | RegExp
  /** All layers of the path, those of other methods among them. */
  readonly matched?: readonly Layer[]
}

interface Layer {
  readonly path: string | RegExp
  /** Empty for a middleware. */
  readonly methods: readonly string[]
}

/** Koa: nothing leads from Node's request to the context, so the app hands it over by `setRoute`. */
export const koa: RouteSource = {
  ofContext(context) {
    const { method, _matchedRoute, matched } = context as KoaContext
    if (_matchedRoute === undefined || matched === undefined) return undefined
    const route = matched.findLast(({ methods }) => methods.includes(method))
    return route && String(route.path)
  },
}
