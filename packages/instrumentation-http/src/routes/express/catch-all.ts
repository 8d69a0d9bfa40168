/**
 * Templates that match every path, as the frameworks write them: `*`, `/*splat` and `/{*splat}` (Express 5), `/(.*)` and
 * `/:path(.*)` (Express 4, Koa), `/:path*` (koa-router), `/:path{.*}` (Hono), `/**:path` (h3), `/{path*}` (hapi),
 * `/[...path]` and `/[[...path]]` (Next.js).
 */
const EVERY_PATH =
  /^\{?\/?\{?(?:\*{1,2}:?\w*|\(\.[*+]\)|:\w+(?:\((?:\.[*+]|\*)\)|\{\.[*+]\}|[*+])|\w+\*|\[\.{3}\w+\]|\[\[\.{3}\w+\]\])\}?$/

/** A regular expression as a template, such as `/^\/.*$/`: of any character, however many. */
const ANY_CHARACTERS = /^\/\^?(?:\\\/)?\(?\.[*+]\)?\$?\/\w*$/

/** Whether a route matches every path. */
export const isCatchAll = (template: string): boolean => EVERY_PATH.test(template) || ANY_CHARACTERS.test(template)

/**
 * Whether the route has found nothing: where one that matches every path responds with 404, it is an app's own page for
 * that, or a framework's.
 */
export const isNotFound = (template: string, status: number): boolean => status === 404 && isCatchAll(template)
