import type { RouteSource } from './route-source.ts'
import { pathOf, trimSlash } from './target-path.ts'
import { joinTemplates } from './template.ts'

/** What the statements that are added to React Router publish: `LinkMessage`s that have these properties. */
interface ReactRouterMessage {
  readonly reactRouter?: StaticHandler
  /** The path below which the app is, which is in no route. */
  readonly basename?: string
  /** Whether data requests tell a path that ends in a slash from one that does not; in React Router 7 a flag of the future. */
  readonly keepsSlash?: boolean
}

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
type ReactRouterApp = Required<Pick<ReactRouterMessage, 'basename' | 'keepsSlash'>>

/** The app's own router; the process has one, unless it serves several apps. */
const apps = new Map<StaticHandler, ReactRouterApp>()

/** How many apps are remembered: more than one is enough to know that it is not known which one serves a request. */
const MAX_APPS = 2

/**
 * React Router, with its adapter for Express: to Express, all its routes are one for every path. They depend on the path alone, so the
 * route is searched again in the app's router.
 */
export const reactRouter: RouteSource = {
  sourceLinks: [
    // React Router 8
    {
      below: 'function derive(build, mode) {',
      after: 'future: build.future\n\t});',
      message:
        '{ reactRouter: typeof staticHandler === "undefined" ? undefined : staticHandler, basename: build.basename, keepsSlash: true }',
    },
    // React Router 7, whose static handler does not match paths. The function that does has had other parameters since 7.18.
    {
      below: 'function derive(build, mode) {',
      after: 'createStaticHandlerDataRoutes(build.routes, build.future);',
      message:
        '{ reactRouter: typeof matchServerRoutes === "undefined" ? undefined : { match: (path) => matchServerRoutes.length === 3 ? ' +
        'matchServerRoutes(routes, path, build.basename) : ' +
        'matchServerRoutes(build.routes, staticHandler.dataRoutes, staticHandler._internalRouteBranches, path, build.basename) }, ' +
        'basename: build.basename, keepsSlash: build.future?.v8_trailingSlashAwareDataRequests }',
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
  const { reactRouter, basename = '', keepsSlash = false } = message as ReactRouterMessage
  if (reactRouter !== undefined && apps.size < MAX_APPS) apps.set(reactRouter, { basename, keepsSlash })
}

/** Returns the path of the page whose data is requested (`/users/1.data`), as React Router's client does; or else the same path. */
function pathOfPage(path: string, { basename, keepsSlash }: ReactRouterApp): string {
  if (!path.endsWith('.data')) return path
  const page = path.slice(0, -'.data'.length)
  if (keepsSlash) return page.endsWith('/_') ? page.slice(0, -1) : page
  const root = `${trimSlash(basename)}/_root`
  return page.toLowerCase() === root.toLowerCase() ? page.slice(0, -'_root'.length) : page
}

const trimSlashes = (path: string) => trimSlash(path.startsWith('/') ? path.slice(1) : path)
