import type { LinkedSource } from './route-source.ts'
import { pathOf, trimSlash } from './target-path.ts'
import { joinTemplates } from './template.ts'

/** What the statement that is added to Astro's adapter links to Node's request. */
interface AstroContext {
  /** The route that matches, if one does: a page or an endpoint (`/users/[id]`). */
  readonly astroRoute?: { readonly route?: unknown; readonly prerender?: boolean }
  /** The path below which the app is, which is in no route. */
  readonly base?: string
}

/** Astro, with its adapter for Node.js: it has Node's request where it looks for the route. A page that it prerendered is a file. */
export const astro: LinkedSource = {
  sourceLinks: [
    {
      after: 'let routeData = app.match(request, true);',
      message:
        '{ request: typeof req === "undefined" ? undefined : req, context: { astroRoute: routeData, base: app.manifest?.base } }',
    },
  ],
  findContextRoute(context, { target }) {
    const { astroRoute, base = '' } = context as AstroContext
    if (typeof astroRoute?.route !== 'string' || astroRoute.prerender) return undefined
    // Astro responds to paths without the base, too.
    const mount = trimSlash(base)
    return joinTemplates(`${pathOf(target)}/`.startsWith(`${mount}/`) ? mount : '', astroRoute.route)
  },
}
