import type { LinkedSource } from './route-source.ts'
import { trimSlash } from './target-path.ts'
import { isCatchAll } from './template.ts'

/** What the statements that are added to trouter publish: `LinkMessage`s that have these properties. */
interface TrouterMessage {
  /** An entry that was added to a router. */
  readonly entry?: Entry
  /** The path, or the regular expression, that the app gave. */
  readonly pattern?: unknown
  /** Whether it was given to `use`, so that it is a prefix of paths. */
  readonly isPrefix?: boolean
}

/** An entry of a router: a route, or middlewares below a prefix. */
export interface Entry {
  readonly method: string
  readonly pattern: RegExp
  readonly handlers: readonly unknown[]
}

/** Which handler a router has called last for a request. */
export interface Progress {
  readonly routes: readonly Entry[]
  readonly method: string
  /** The path that was matched. */
  readonly path: string
  /** All handlers of the entries that match, and perhaps more after them. */
  readonly handlers: readonly unknown[]
  readonly index: number
}

interface Definition {
  readonly template: string
  readonly isPrefix: boolean
}

const definitions = new WeakMap<Entry, Definition>()

/** trouter 3 and 4, the router in 0http, restana and Polka: it turns each pattern into a regular expression, and does not keep it. */
export const trouter: LinkedSource = {
  sourceLinks: [
    {
      below: 'use(route, ...fns) {',
      after: "this.routes.push({ keys, pattern, method: '', handlers, midx: MAP[''] });",
      message: '{ entry: this.routes[this.routes.length - 1], pattern: route, isPrefix: true }',
    },
    {
      below: 'add(method, route, ...fns) {',
      after: 'this.routes.push({ keys, pattern, method, handlers, midx: MAP[method] });',
      message: '{ entry: this.routes[this.routes.length - 1], pattern: route, isPrefix: false }',
    },
  ],
  onLink,
}

function onLink(message: object): void {
  const { entry, pattern, isPrefix = false } = message as TrouterMessage
  if (entry === undefined) return
  const path = pattern instanceof RegExp ? String(pattern) : withSlash(String(pattern))
  definitions.set(entry, { template: isPrefix ? trimSlash(path) : path, isPrefix })
}

/** trouter reads a path as if it began with a slash. */
const withSlash = (path: string) => (path.startsWith('/') ? path : `/${path}`)

/** Returns the prefix below which the last handler is; undefined if it is a route's. */
export function findPrefix(progress: Progress): string | undefined {
  const definition = definitionAt(progress)
  return definition?.isPrefix ? definition.template : undefined
}

/**
 * Returns the template of the route that the last handler is of. A middleware that responds counts as the route after it, unless
 * that one matches every path.
 */
export function findRouteTemplate(progress: Progress): string | undefined {
  const definition = definitionAt(progress)
  if (!definition?.isPrefix) return definition?.template
  const rest = matchEntries(progress)?.slice(progress.index)
  const route = rest?.map((entry) => definitions.get(entry)).find((next) => next?.isPrefix === false)
  return route && !isCatchAll(route.template) ? route.template : undefined
}

function definitionAt(progress: Progress): Definition | undefined {
  const { routes, handlers, index } = progress
  const handler = handlers[index]
  const [entry, other] = routes.filter((candidate) => candidate.handlers.includes(handler))
  if (entry === undefined || other === undefined) return entry && definitions.get(entry)
  const matching = matchEntries(progress)?.[index]
  return matching?.handlers.includes(handler) ? definitions.get(matching) : undefined
}

/** Returns the entry of each handler, as trouter matches them; undefined where matching would change a regular expression. */
function matchEntries({ routes, method, path }: Progress): Entry[] | undefined {
  if (routes.some(({ pattern }) => pattern.global || pattern.sticky)) return undefined
  return routes
    .filter((entry) => hasMethod(entry, method) && entry.pattern.test(path))
    .flatMap((entry) => entry.handlers.map(() => entry))
}

const hasMethod = (entry: Entry, method: string) =>
  entry.method === '' || entry.method === method || (method === 'HEAD' && entry.method === 'GET')
