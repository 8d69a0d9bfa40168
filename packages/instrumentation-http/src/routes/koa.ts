import { isNotFound } from './catch-all.ts'
import type { RouteSource } from './route-source.ts'
import { mounted, pathOf } from './target-path.ts'

/** The members that @koa/router, and koa-router before it, add to a context. */
interface KoaContext {
  readonly method: string
  readonly path: string
  readonly originalUrl: string
  /** The path of the last layer that ran, which may be a middleware; undefined if no route matched. */
  readonly _matchedRoute?: string | RegExp
  /** All layers that match the path, including those for other methods. */
  readonly matched?: readonly Layer[]
  /** The parts of the path that the last layer has captured. */
  readonly captures?: readonly unknown[]
  /** The prefix that koa-mount removed from the path last. */
  readonly mountPath?: string
}

interface Layer {
  readonly path: string | RegExp
  /** Empty for a middleware. */
  readonly methods: readonly string[]
  match(path: string): boolean
  captures(path: string): readonly unknown[]
}

/** Reads Koa's route from its context. Node's request has no reference to that, so the app passes it to `setRoute`. */
export const koa: RouteSource = {
  ofContext(context, { status, above }) {
    const { method, _matchedRoute, matched, mountPath } = context as KoaContext
    if (_matchedRoute === undefined || matched === undefined) return undefined
    const route = matched.findLast(({ methods }) => methods.includes(method))
    if (route === undefined || isNotFound(String(route.path), status)) return undefined
    const mount = mountPath === undefined ? '' : findMount(context as KoaContext, route, [...above, mountPath])
    return mount === undefined ? undefined : mounted(mount, String(route.path))
  },
  mountOf: (context) => (context as KoaContext).mountPath,
}

/**
 * Returns the prefixes that koa-mount removed before the router matched. A context has only the last prefix, which may be that of
 * a mount that has passed the request on. The others are those that it had when the app passed it to `setRoute`.
 */
function findMount(context: KoaContext, route: Layer, mounts: readonly string[]): string | undefined {
  const { path, originalUrl, captures } = context
  for (const whole of new Set([pathOf(originalUrl), path])) {
    const found = possibleMounts(mounts).filter((mount) => {
      const rest = whole.slice(mount.length) || '/'
      return whole.startsWith(mount) && rest.startsWith('/') && route.match(rest)
    })
    const fitting = found.filter((mount) => isSame(route.captures(whole.slice(mount.length) || '/'), captures))
    const [mount, other] = fitting.length > 0 ? fitting : found
    if (mount !== undefined) return other === undefined ? mount : undefined
  }
  return undefined
}

/** Returns all ways to nest these prefixes in their order, since any of them may be a mount that has passed the request on. */
function possibleMounts(mounts: readonly string[]): string[] {
  const possible = new Set([''])
  for (const mount of mounts) for (const outer of [...possible]) possible.add(outer + mount)
  return [...possible]
}

const isSame = (some: readonly unknown[] | undefined, others: readonly unknown[] | undefined) =>
  JSON.stringify(some) === JSON.stringify(others)
