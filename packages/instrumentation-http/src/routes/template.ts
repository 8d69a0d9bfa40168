/**
 * Templates that match every path, as the frameworks write them: `*`, `/*splat` and `/{*splat}` (Express 5), `/(.*)`
 * and `/:path(.*)` (Express 4, Koa), `/:path(.*)*` (Nuxt), `/:path*` (koa-router), `/:path{.*}` (Hono), `/**:path` (h3), `/{path*}` (hapi),
 * `/[...path]` and `/[[...path]]` (Next.js), `/$` (TanStack Start).
 */
const EVERY_PATH =
  /^\{?\/?\{?(?:\*{1,2}:?\w*|\$|\(\.[*+]\)|:\w+(?:\((?:\.[*+]|\*)\)[*+?]?|\{\.[*+]\}|[*+])|\w+\*|\[\.{3}\w+\]|\[\[\.{3}\w+\]\])\}?$/

/** A regular expression that matches every path, as a template: `/^\/.*$/`. */
const ANY_CHARACTERS = /^\/\^?(?:\\\/)?\(?\.[*+]\)?\$?\/\w*$/

/** Returns whether a template matches every path. */
export const isCatchAll = (template: string): boolean => EVERY_PATH.test(template) || ANY_CHARACTERS.test(template)

/**
 * Returns whether a route is the app's page for paths that it does not have: a route that matches every path and
 * responded with 404.
 */
export const isNotFoundPage = (template: string, status: number): boolean => status === 404 && isCatchAll(template)

/** Returns the template of a route below a mount; `mount` is empty at the root. */
export const joinTemplates = (mount: string, template: string): string =>
  mount !== '' && template === '/' ? mount : mount + template
