import { removedPrefix } from './removed-prefix.ts'
import type { LinkedSource } from './route-source.ts'
import { pathOf, trimSlash } from './target-path.ts'
import { isNotFoundPage, joinTemplates } from './template.ts'

/** What the statements that are added to TanStack Start link to Node's request. */
interface StartContext {
  readonly tanstack?: StartRequest
}

interface StartRequest {
  /** The URL that Start got. */
  readonly url: string
  /** The route that the router found. Its path is whole, without groups and layouts that have no path (`/users/$userId`). */
  readonly route?: { readonly fullPath?: unknown }
  /** The parameters. `**` is the rest of a path of which only the beginning is a route's, so that nothing was found. */
  readonly params?: Readonly<Record<string, unknown>>
  /** The path below which the app is, which is in no route. */
  readonly basepath?: string
  /** The path below which server functions are, with a slash at its end, if one of them is called. */
  readonly functions?: string
}

/** The statement's message, in functions of Start that have the web `Request`. */
const linkOf = (properties: string) =>
  `typeof request === "undefined" ? {} : { request, context: { tanstack: { url: request.url, ${properties} } } }`

/**
 * TanStack Start: its handler gets a web `Request`, and what it builds has the handler in the app's own files. The route is the one
 * that the router finds before the route's middleware runs. A server function has an id that its build chose, which is no route.
 */
export const tanstackStart: LinkedSource = {
  sourceLinks: [
    {
      below: 'async function handleServerRoutes({',
      after: 'router.getMatchedRoutes(pathname);',
      // Older versions call the parameters `routeParams`.
      message: linkOf(
        'route: typeof foundRoute === "undefined" ? undefined : foundRoute, ' +
          'params: typeof rawParams !== "undefined" ? rawParams : typeof routeParams !== "undefined" ? routeParams : undefined, ' +
          'basepath: router.basepath',
      ),
    },
    {
      after: 'const serverFnId = url.pathname.slice(SERVER_FN_BASE.length).split("/")[0];',
      when: 'serverFnId',
      message: linkOf('functions: SERVER_FN_BASE'),
    },
  ],
  findContextRoute(context, { request, status, target, bases }) {
    const { tanstack } = context as StartContext
    if (tanstack === undefined) return undefined
    const path = pathOf(tanstack.url)
    const prefix = removedPrefix(request, target, path, bases)
    const template =
      tanstack.functions === undefined ? routeTemplate(tanstack, path, status) : functionTemplate(tanstack)
    return prefix === undefined || template === undefined ? undefined : joinTemplates(prefix, template)
  },
}

const functionTemplate = ({ functions }: StartRequest) => `${functions}$serverFnId`

function routeTemplate(
  { route, params, basepath = '' }: StartRequest,
  path: string,
  status: number,
): string | undefined {
  const { fullPath } = route ?? {}
  if (typeof fullPath !== 'string' || params === undefined || '**' in params) return undefined
  if (isNotFoundPage(fullPath, status)) return undefined
  // It is `base` where the app says `/base/`.
  const base = ['', ...basepath.split('/').filter(Boolean)].join('/')
  // Start responds to paths without the base, too.
  const isBelow = `${path}/`.toLowerCase().startsWith(`${base}/`.toLowerCase())
  return joinTemplates(isBelow ? base : '', trimSlash(fullPath) || '/')
}
