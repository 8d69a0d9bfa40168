import type { RouteSource } from './route-source.ts'
import { pathBelowExpress, trimSlash } from './target-path.ts'
import { isNotFoundPage, joinTemplates } from './template.ts'

/** How many prefixes that are known only from the paths of requests may stand in routes. */
const MAX_PREFIXES = 50

interface H3Event {
  readonly context?: {
    /** The route of the router that matched last; its template is `path` in h3 1 (Nitro, Nuxt), `route` in h3 2. */
    readonly matchedRoute?: { readonly path?: string; readonly route?: string }
    readonly params?: Readonly<Record<string, unknown>>
  }
}

const knownPrefixes = new Set<string>()

/** h3: its event cannot be reached from Node's request, so the app passes it to `setRoute`. */
export const h3: RouteSource = {
  findContextRoute(context, { request, status, mounts }) {
    const template = templateOf(context)
    if (template === undefined || isNotFoundPage(template, status)) return undefined
    const path = fillTemplate(template, (context as H3Event).context?.params ?? {})
    if (path === undefined) return template
    const fullPath = pathBelowExpress(request)
    const prefix = prefixOf(fullPath, path) ?? prefixOf(normalizePath(fullPath), path)
    return prefix === '' ? template : prefix && templateBelow(prefix, mounts, template)
  },
  /** In h3 2 an event has the route of the outer router first; `/api/**` leads to another router. */
  findContextMount(context) {
    return /^(.+)\/\*\*(?::\w+)?$/.exec(templateOf(context) ?? '')?.[1]
  },
}

/** Returns what comes before the path that the router matched; undefined where the full path does not end with it. */
function prefixOf(fullPath: string, path: string): string | undefined {
  const decoded = trimSlash(decode(fullPath))
  const end = trimSlash(decode(path))
  return decoded.endsWith(end) ? decoded.slice(0, decoded.length - end.length) : undefined
}

/** Returns the template of a route below a prefix: below the mount that has it, or else below the prefix itself. */
function templateBelow(prefix: string, mounts: readonly string[], template: string): string | undefined {
  // The values of the mount's parameters are no longer known, so that only the number of segments can be compared.
  const isAsLong = (mount: string) => mount.split('/').length === prefix.split('/').length
  const mount = [...mounts, mounts.join('')].find(isAsLong) ?? acceptPrefix(prefix)
  return mount === undefined ? undefined : joinTemplates(mount, template)
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
 * The prefix is expected to be the fixed path of `useBase` or `app.use(path, ...)` in h3 1, or of `withBase` in h3 2.
 * But an app may also remove what clients send from the path, so only a bounded number of prefixes is accepted.
 */
function acceptPrefix(prefix: string): string | undefined {
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
