import type { LinkedSource } from './route-source.ts'
import { pathOf } from './target-path.ts'
import { isNotFoundPage, joinTemplates } from './template.ts'

/** What @koa/router, its predecessor koa-router and koa-mount add to a context. */
interface KoaContext {
  readonly method: string
  readonly path: string
  readonly originalUrl: string
  /** The path of the last layer that ran, which may be a middleware's; undefined where no route matched. */
  readonly _matchedRoute?: string | RegExp
  /** All layers that match the path, also those of other methods. */
  readonly matched?: readonly Layer[]
  /** What the last layer that ran captured of the path. */
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

/**
 * Koa: its context cannot be reached from Node's request, so it is linked as koa-compose runs the middlewares of an app: of the
 * outer one and of each that koa-mount mounts, since the context has only the last mount when the response has ended.
 */
export const koa: LinkedSource = {
  sourceLinks: [
    { below: 'function compose (', after: 'let index = -1', message: '{ request: context?.req, context }' },
  ],
  findContextRoute(context, { status, mounts }) {
    const { method, _matchedRoute, matched, mountPath } = context as KoaContext
    if (_matchedRoute === undefined || matched === undefined) return undefined
    const route = matched.findLast(({ methods }) => methods.includes(method))
    if (route === undefined || isNotFoundPage(String(route.path), status)) return undefined
    const mount = mountPath === undefined ? '' : findMount(context as KoaContext, route, [...mounts, mountPath])
    return mount === undefined ? undefined : joinTemplates(mount, String(route.path))
  },
  findContextMount: (context) => (context as KoaContext).mountPath,
}

/**
 * Returns all that koa-mount removed from the path before the router matched; undefined where that is ambiguous.
 *
 * A context has only the last prefix, which may be that of a mount that passed the request on. `mounts` has it, and the
 * prefixes that the context had as it was linked.
 */
function findMount(context: KoaContext, route: Layer, mounts: readonly string[]): string | undefined {
  const { path, originalUrl, captures } = context
  for (const fullPath of new Set([pathOf(originalUrl), path])) {
    const matching = possibleMounts(mounts).filter((mount) => {
      const subpath = fullPath.slice(mount.length) || '/'
      return fullPath.startsWith(mount) && subpath.startsWith('/') && route.match(subpath)
    })
    const withSameCaptures = matching.filter((mount) =>
      isEqual(route.captures(fullPath.slice(mount.length) || '/'), captures),
    )
    const [mount, other] = withSameCaptures.length > 0 ? withSameCaptures : matching
    if (mount !== undefined) return other === undefined ? mount : undefined
  }
  return undefined
}

/** Returns every combination of the mounts, in their order: each of them may have passed the request on. */
function possibleMounts(mounts: readonly string[]): string[] {
  const possible = new Set([''])
  for (const mount of mounts) for (const outer of [...possible]) possible.add(outer + mount)
  return [...possible]
}

const isEqual = (left: readonly unknown[] | undefined, right: readonly unknown[] | undefined) =>
  JSON.stringify(left) === JSON.stringify(right)
