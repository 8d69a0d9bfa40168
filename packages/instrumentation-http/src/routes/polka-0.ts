import { removedPrefix } from './removed-prefix.ts'
import type { LinkedSource } from './route-source.ts'
import { pathOf } from './target-path.ts'
import { joinTemplates } from './template.ts'

/** What the statements that are added to packages of Polka 0 publish: `LinkMessage`s that have one of these properties. */
interface PolkaMessage {
  /** A request whose URL is parsed, which an app does before all else. */
  readonly parsed?: PolkaRequest
  /** A router in which a path is searched, and the path: the app, which is a router itself. */
  readonly searchedPolka?: Polka
  readonly path?: string
}

interface PolkaRequest {
  readonly method: string
  readonly url: string
}

interface Polka {
  find(method: string, path: string): { readonly handlers: readonly unknown[] } | false
  /** The handlers of the routes, by method and by the pattern as the app wrote it. */
  readonly handlers: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>
  /** The apps that are mounted in this one, by their path, which is one segment. */
  readonly apps?: Readonly<Record<string, Polka>>
}

/** The app that a request came to first, and what it had to find. */
interface Arrival {
  readonly polka: Polka
  readonly method: string
  readonly path: string
}

/** How deep apps may be mounted in each other. */
const MAX_DEPTH = 10

const arrivals = new WeakMap<object, Arrival>()

/** The request that was parsed last, until a path is searched. */
let parsed: PolkaRequest | undefined

/**
 * Polka 0: its routes depend on the method and the path alone, so the route is searched again, from the app that the request came
 * to first. That app parses the request's URL, and searches its path at once. Both are functions of packages that Polka requires:
 * Polka itself cannot be changed where an ES module imports it.
 */
export const polka0: LinkedSource = {
  sourceLinks: [
    {
      below: 'module.exports = function (req) {',
      after: 'if (url === void 0) return url;',
      message: '{ request: req, context: req, parsed: req }',
    },
    {
      below: 'find(method, url) {',
      after: 'let arr = match(url, this.routes[method] || []);',
      message: '{ searchedPolka: this, path: url }',
    },
  ],
  onLink,
  findContextRoute(context, { request, target, bases }) {
    const arrival = arrivals.get(context)
    if (arrival === undefined) return undefined
    const prefix = removedPrefix(request, target, arrival.path, bases)
    const template = findTemplate(arrival.polka, arrival.method, arrival.path)
    return prefix === undefined || template === undefined ? undefined : joinTemplates(prefix, template)
  },
}

function onLink(message: object): void {
  const { parsed: request, searchedPolka, path } = message as PolkaMessage
  if (request !== undefined) parsed = request
  else if (searchedPolka !== undefined && parsed !== undefined) {
    const { method, url } = parsed
    // A middleware may have parsed the URL, too: Polka's first search for the request counts.
    if (path === pathOf(url) && !arrivals.has(parsed)) arrivals.set(parsed, { polka: searchedPolka, method, path })
    parsed = undefined
  }
}

/** Returns the route that an app has for a path, or that the app below the path's first segment has for the rest, as Polka does. */
function findTemplate(polka: Polka, method: string, path: string, depth = 0): string | undefined {
  const found = polka.find(method, path)
  if (found) return patternOf(polka, method, found.handlers)
  const end = path.indexOf('/', 1)
  const base = end > 1 ? path.slice(0, end) : path
  const inner = polka.apps?.[base]
  if (inner === undefined || depth === MAX_DEPTH) return undefined
  const template = findTemplate(inner, method, path.slice(base.length) || '/', depth + 1)
  return template === undefined ? undefined : joinTemplates(base, template)
}

/** Returns the pattern of the route that has these handlers; `*` has those for every method. */
function patternOf({ handlers }: Polka, method: string, found: readonly unknown[]): string | undefined {
  for (const patterns of [handlers[method], handlers['*']]) {
    for (const pattern in patterns) {
      if (patterns[pattern] === found) return pattern.startsWith('/') ? pattern : `/${pattern}`
    }
  }
  return undefined
}
