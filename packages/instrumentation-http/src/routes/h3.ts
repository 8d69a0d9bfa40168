import { isNotFound } from './catch-all.ts'
import type { RouteSource } from './route-source.ts'
import { arrivedPath, mounted } from './target-path.ts'

/** How many prefixes are put above routes that were seen only in paths, not in templates. */
const MAX_PREFIXES = 50

interface Event {
  readonly context?: {
    /** The route of the router that matched last: in `path` in h3 1 (Nitro, Nuxt), and in `route` in h3 2. */
    readonly matchedRoute?: { readonly path?: string; readonly route?: string }
    readonly params?: Readonly<Record<string, unknown>>
  }
}

const prefixes = new Set<string>()

/** Reads h3's route from its event. Node's request has no reference to the event, so the app passes it to `setRoute`. */
export const h3: RouteSource = {
  ofContext(context, { request, status, above }) {
    const template = templateOf(context)
    if (template === undefined || isNotFound(template, status)) return undefined
    const path = fill(template, (context as Event).context?.params ?? {})
    if (path === undefined) return template
    const whole = arrivedPath(request)
    const mount = mountAbove(path, whole) ?? mountAbove(path, normalize(whole))
    return mount === '' ? template : mount && below(mount, above, template)
  },
  /** In h3 2 the event first has the route of the outer router: `/api/**` leads to another router. */
  mountOf(context) {
    return /^(.+)\/\*\*(?::\w+)?$/.exec(templateOf(context) ?? '')?.[1]
  },
}

/** Returns the part of a whole path before the one that has matched; undefined if the whole path does not end in that one. */
function mountAbove(path: string, whole: string): string | undefined {
  const end = trimSlash(decode(path))
  const all = trimSlash(decode(whole))
  return all.endsWith(end) ? all.slice(0, all.length - end.length) : undefined
}

/** Returns a template with the mount above it, which took this part of the path. */
function below(taken: string, above: readonly string[], template: string): string | undefined {
  // The parameters of the outer router's route are gone by now, so only the number of segments can be compared.
  const isAsLong = (mount: string) => mount.split('/').length === taken.split('/').length
  const mount = [...above, above.join('')].find(isAsLong) ?? acceptPrefix(taken)
  return mount === undefined ? undefined : mounted(mount, template)
}

/** Returns the path of a URL with `..` resolved, as h3 2 has it. */
const normalize = (path: string) => URL.parse(path, 'http://localhost')?.pathname ?? path

function templateOf(context: object): string | undefined {
  const matched = (context as Event).context?.matchedRoute
  return matched?.route ?? matched?.path
}

/** Returns the path that a template and its parameters' values make; undefined if the template's syntax leaves that open. */
function fill(template: string, params: Readonly<Record<string, unknown>>): string | undefined {
  if (template.includes('{')) return undefined
  let unnamed = 0
  let path = ''
  for (const segment of trimSlash(template).split('/').slice(1)) {
    const { name } = PARAMETER.exec(segment)?.groups ?? {}
    if (name === undefined && !segment.includes('*')) path += `/${segment}`
    else {
      const number = unnamed
      if (segment === '*') unnamed++
      const value = segment === '*' ? (params[`_${number}`] ?? params[number]) : params[name || '_']
      if (value !== undefined && typeof value !== 'string') return undefined
      if (value === undefined && segment === '*') return undefined
      if (value !== undefined && value !== '') path += `/${value}`
    }
  }
  return path
}

/** Matches `:name` with a pattern or a modifier, and `**` and `**:name`, which match the rest of a path. */
const PARAMETER = /^(?:\*\*:?|:)(?<name>\w*)(?:\(.*\))?[?+*]?$/

/**
 * Returns a prefix that was removed from the path if it may be the app's. `useBase` and `app.use(path, ...)` of h3 1, and `withBase` of
 * h3 2, remove fixed paths. An app may also remove a prefix that a client has sent, so only a limited number is accepted.
 */
function acceptPrefix(prefix: string): string | undefined {
  if (!PLAIN_PATH.test(prefix) || (prefixes.size === MAX_PREFIXES && !prefixes.has(prefix))) return undefined
  prefixes.add(prefix)
  return prefix
}

const PLAIN_PATH = /^(?:\/(?!\.\.?(?:\/|$))[\w~.-]+)+$/

const trimSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path)

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
