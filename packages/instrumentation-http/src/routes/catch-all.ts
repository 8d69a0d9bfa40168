/**
 * Matches the templates that match every path, as the frameworks write them: `*`, `/*splat` and `/{*splat}` (Express 5), `/(.*)` and
 * `/:path(.*)` (Express 4, Koa), `/:path*` (koa-router), `/:path{.*}` (Hono), `/**:path` (h3), `/{path*}` (hapi),
 * `/[...path]` and `/[[...path]]` (Next.js).
 */
const EVERY_PATH =
  /^\{?\/?\{?(?:\*{1,2}:?\w*|\(\.[*+]\)|:\w+(?:\((?:\.[*+]|\*)\)|\{\.[*+]\}|[*+])|\w+\*|\[\.{3}\w+\]|\[\[\.{3}\w+\]\])\}?$/

/** Matches a template that is a regular expression for any characters, such as `/^\/.*$/`. */
const ANY_CHARACTERS = /^\/\^?(?:\\\/)?\(?\.[*+]\)?\$?\/\w*$/

/** Returns whether a route matches every path. */
export const isCatchAll = (template: string): boolean => EVERY_PATH.test(template) || ANY_CHARACTERS.test(template)

/**
 * Returns whether a route has found nothing. A route that matches every path and responds with 404 is the app's, or the
 * framework's, own page for that.
 */
export const isNotFound = (template: string, status: number): boolean => status === 404 && isCatchAll(template)
