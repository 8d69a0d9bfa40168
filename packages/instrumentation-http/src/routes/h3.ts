import { isMadeOf } from './removed-prefix.ts'
import type { LinkedSource } from './route-source.ts'
import { pathBelowExpress, trimSlash } from './target-path.ts'
import { isCatchAll, isNotFoundPage, joinTemplates } from './template.ts'

/** How many prefixes that are known only from the paths of requests may stand in routes. */
const MAX_PREFIXES = 50

interface H3Event {
  readonly context?: {
    /** The route of the router that matched last; its template is `path` in h3 1 (Nitro, Nuxt), `route` in h3 2. */
    readonly matchedRoute?: { readonly path?: string; readonly route?: string }
    readonly params?: Readonly<Record<string, unknown>>
  }
}

/** What the statements that are added to h3 publish: `LinkMessage`s, one of which has these properties. */
interface H3Message {
  /** An event of h3 2 that comes to the next middleware, or to the route after the last one. */
  readonly passing?: object
  readonly isRoute?: boolean
}

const knownPrefixes = new Set<string>()

/** The events of h3 2 that are in a middleware. */
const inMiddleware = new WeakSet<object>()

/**
 * h3: its event cannot be reached from Node's request, so it is linked in its constructor, and again as a router matches,
 * since the event has only the last route when the response has ended. Nitro and Nuxt have h3 in their bundles.
 */
export const h3: LinkedSource = {
  sourceLinks: [
    // h3 1
    {
      below: 'class H3Event {',
      after: 'this.node = { req, res };',
      message: '{ request: req, context: this }',
    },
    {
      after: 'event.context.matchedRoute = match.matched;',
      message: '{ request: event.node?.req, context: event }',
    },
    { after: '_layerPath = _reqPath.slice(layer.route.length) || "/";', message: '{ base: layer.route }' },
    { below: 'function useBase(', after: 'withoutTrailingSlash(base);', message: '{ base }' },
    // h3 2
    {
      below: 'H3Event = class {',
      after: 'this.req = req;',
      message: '{ request: req.runtime?.node?.req, context: this }',
    },
    {
      after: 'event.context.matchedRoute = route.data;',
      message: '{ request: event.req.runtime?.node?.req, context: event }',
    },
    { below: 'function withBase(', after: 'withoutTrailingSlash(base);', message: '{ base }' },
    {
      after: 'function callMiddleware(event, middleware, handler, index = 0) {',
      message: '{ passing: event, isRoute: index === middleware.length }',
    },
  ],
  onLink,
  findContextRoute(context, { request, status, mounts, bases }) {
    const template = templateOf(context)
    if (template === undefined || isNotFoundPage(template, status)) return undefined
    // A middleware that responds counts as the route after it, unless that one matches every path: Nitro 3 serves files so.
    if (inMiddleware.has(context) && isCatchAll(template)) return undefined
    const path = fillTemplate(template, (context as H3Event).context?.params ?? {})
    if (path === undefined) return template
    const fullPath = pathBelowExpress(request)
    const prefix = prefixOf(fullPath, path) ?? prefixOf(normalizePath(fullPath), path)
    return prefix === '' ? template : prefix && templateBelow(prefix, mounts, bases, template)
  },
  /** In h3 2 an event has the route of the outer router first; `/api/**` leads to another router. */
  findContextMount(context) {
    return /^(.+)\/\*\*(?::\w+)?$/.exec(templateOf(context) ?? '')?.[1]
  },
}

function onLink(message: object): void {
  const { passing, isRoute } = message as H3Message
  if (passing === undefined) return
  if (isRoute) inMiddleware.delete(passing)
  else inMiddleware.add(passing)
}

/** Returns what comes before the path that the router matched; undefined where the full path does not end with it. */
function prefixOf(fullPath: string, path: string): string | undefined {
  const decoded = trimSlash(decode(fullPath))
  const end = trimSlash(decode(path))
  return decoded.endsWith(end) ? decoded.slice(0, decoded.length - end.length) : undefined
}

/** Returns the template of a route below a prefix: below the mount that has it, or else below the prefix itself. */
function templateBelow(
  prefix: string,
  mounts: readonly string[],
  bases: ReadonlySet<string> | undefined,
  template: string,
): string | undefined {
  const mount =
    [...mounts, mounts.join('')].find((candidate) => mayMatch(candidate, prefix)) ?? acceptPrefix(prefix, bases)
  return mount === undefined ? undefined : joinTemplates(mount, template)
}

/** Whether a mount's template may match a prefix. The values of the mount's parameters are no longer known. */
function mayMatch(mount: string, prefix: string): boolean {
  const [templates, segments] = [mount.split('/'), prefix.split('/')]
  return (
    templates.length === segments.length &&
    templates.every((template, i) => template === segments[i] || /^[:*]|[{(]/.test(template))
  )
}

/** Resolves `..` in a path, as h3 2 does by reading the path from a URL. */
const normalizePath = (path: string) => URL.parse(path, 'http://localhost')?.pathname ?? path

function templateOf(context: object): string | undefined {
  const matched = (context as H3Event).context?.matchedRoute
  return matched?.route ?? matched?.path
}

/**
 * Returns the path that a template makes with the values of its parameters; undefined where the template's syntax does
 * not determine the path.
 */
function fillTemplate(template: string, params: Readonly<Record<string, unknown>>): string | undefined {
  if (template.includes('{')) return undefined
  let unnamedCount = 0
  let path = ''
  for (const segment of trimSlash(template).split('/').slice(1)) {
    const { name } = PARAMETER.exec(segment)?.groups ?? {}
    if (name === undefined && !segment.includes('*')) path += `/${segment}`
    else {
      const index = unnamedCount
      if (segment === '*') unnamedCount++
      const value = segment === '*' ? (params[`_${index}`] ?? params[index]) : params[name || '_']
      if (value !== undefined && typeof value !== 'string') return undefined
      if (value === undefined && segment === '*') return undefined
      if (value !== undefined && value !== '') path += `/${value}`
    }
  }
  return path
}

/** `:name`, which may have a pattern or a modifier; or `**` and `**:name`, which match the remaining segments. */
const PARAMETER = /^(?:\*\*:?|:)(?<name>\w*)(?:\(.*\))?[?+*]?$/

/**
 * Returns the prefix where it may stand in a route; undefined otherwise.
 *
 * The prefix is expected to be the fixed path of `useBase` or `app.use(path, ...)` in h3 1, or of `withBase` in h3 2. But an
 * app may also remove what clients send from the path. So the prefix has to be made of those that h3 has removed, and if
 * nothing is known about them, only a bounded number is accepted.
 */
function acceptPrefix(prefix: string, bases: ReadonlySet<string> | undefined): string | undefined {
  if (bases !== undefined) return isMadeOf(prefix, bases) ? prefix : undefined
  if (!PLAIN_PATH.test(prefix) || (knownPrefixes.size === MAX_PREFIXES && !knownPrefixes.has(prefix))) return undefined
  knownPrefixes.add(prefix)
  return prefix
}

const PLAIN_PATH = /^(?:\/(?!\.\.?(?:\/|$))[\w~.-]+)+$/

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
