import type { LinkedSource } from './route-source.ts'
import { pathOf, trimSlash } from './target-path.ts'
import { joinTemplates } from './template.ts'

/** What the statements that are added to React Router publish: `LinkMessage`s that have these properties. */
interface ReactRouterMessage {
  readonly reactRouter?: StaticHandler
  /** The path below which the app is, which is in no route. */
  readonly basename?: string
  readonly data?: DataPaths
}

/**
 * How React Router's client requests the data of a page. Most versions add `.data` to the page's path; they differ for a page whose
 * path ends in a slash.
 * - `slash`: as `_.data` after the slash (React Router 8; in 7 a flag of the future)
 * - `basename`: as without the slash, and as `_root.data` at the basename (React Router 7)
 * - `root`: as without the slash, and as `/_root.data` at the root (Remix 2 with a flag of the future)
 * - `none`: as the page, with a query (Remix 2)
 */
type DataPaths = 'slash' | 'basename' | 'root' | 'none'

interface StaticHandler {
  match?(pathname: string): readonly { readonly route: { readonly path?: string } }[] | null
}

interface ReactRouterContext {
  readonly isReactRouter?: boolean
}

interface ExpressRequest {
  readonly baseUrl?: string
}

/** What is known of an app besides its router. */
type ReactRouterApp = Required<Pick<ReactRouterMessage, 'basename' | 'data'>>

/** The app's own router; the process has one, unless it serves several apps. */
const apps = new Map<StaticHandler, ReactRouterApp>()

/** How many apps are remembered: more than one is enough to know that it is not known which one serves a request. */
const MAX_APPS = 2

/**
 * React Router, with its adapter for Express: to Express, all its routes are one for every path. They depend on the path alone, so the
 * route is searched again in the app's router.
 */
export const reactRouter: LinkedSource = {
  sourceLinks: [
    // React Router 8
    {
      below: 'function derive(build, mode) {',
      after: 'future: build.future\n\t});',
      message:
        '{ reactRouter: typeof staticHandler === "undefined" ? undefined : staticHandler, basename: build.basename, data: "slash" }',
    },
    // React Router 7, whose static handler does not match paths. The function that does has had other parameters since 7.18.
    {
      below: 'function derive(build, mode) {',
      after: 'createStaticHandlerDataRoutes(build.routes, build.future);',
      message:
        '{ reactRouter: typeof matchServerRoutes === "undefined" ? undefined : { match: (path) => matchServerRoutes.length === 3 ? ' +
        'matchServerRoutes(routes, path, build.basename) : ' +
        'matchServerRoutes(build.routes, staticHandler.dataRoutes, staticHandler._internalRouteBranches, path, build.basename) }, ' +
        'basename: build.basename, data: build.future?.v8_trailingSlashAwareDataRequests ? "slash" : "basename" }',
    },
    // Remix 2, which was the same with other names
    {
      below: 'function derive(build, mode$1) {',
      after: 'createStaticHandlerDataRoutes(build.routes, build.future);',
      message:
        '{ reactRouter: typeof routeMatching === "undefined" || typeof routes$1 === "undefined" ? undefined : ' +
        '{ match: (path) => routeMatching.matchServerRoutes(routes$1, path, build.basename) }, ' +
        'basename: build.basename, data: build.future?.v3_singleFetch ? "root" : "none" }',
    },
    {
      after: 'function createRemixRequest(req, res) {',
      message: '{ request: req, context: { isReactRouter: true } }',
    },
  ],
  onLink,
  findContextRoute(context, { request, target }) {
    if ((context as ReactRouterContext).isReactRouter !== true || (request as ExpressRequest).baseUrl) return undefined
    const [only, other] = apps
    if (only === undefined || other !== undefined) return undefined
    const [router, app] = only
    const paths = router.match?.(pathOfPage(pathOf(target), app))?.flatMap(({ route }) => route.path ?? [])
    return paths && joinTemplates(trimSlash(app.basename), `/${paths.map(trimSlashes).filter(Boolean).join('/')}`)
  },
}

function onLink(message: object): void {
  const { reactRouter, basename = '', data = 'none' } = message as ReactRouterMessage
  if (reactRouter !== undefined && apps.size < MAX_APPS) apps.set(reactRouter, { basename, data })
}

/** Returns the path of the page whose data is requested (`/users/1.data`), as React Router's client does; or else the same path. */
function pathOfPage(path: string, { basename, data }: ReactRouterApp): string {
  if (data === 'none' || !path.endsWith('.data')) return path
  const page = path.slice(0, -'.data'.length)
  if (data === 'slash') return page.endsWith('/_') ? page.slice(0, -1) : page
  const root = data === 'root' ? '/_root' : `${trimSlash(basename)}/_root`
  return page.toLowerCase() === root.toLowerCase() ? page.slice(0, -'_root'.length) : page
}

const trimSlashes = (path: string) => trimSlash(path.startsWith('/') ? path.slice(1) : path)
