import { isNotFound } from './express/catch-all.ts'
import type { RouteSource } from './index.ts'
import { arrivedPath, mounted } from './target-path.ts'

/** How many prefixes that nothing but a path has shown are put above routes. */
const MAX_PREFIXES = 50

interface Event {
  readonly context?: {
    /** `path` in h3 1 (Nitro, Nuxt), `route` in h3 2: that of the router that matched last. */
    readonly matchedRoute?: { readonly path?: string; readonly route?: string }
    readonly params?: Readonly<Record<string, unknown>>
  }
}

const prefixes = new Set<string>()

/** h3: nothing leads from Node's request to the event, so the app hands it over by `setRoute`. */
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
  /** Of h3 2, which knows the route of the outer router first: `/api/**` leads on to another one. */
  mountOf(context) {
    return /^(.+)\/\*\*(?::\w+)?$/.exec(templateOf(context) ?? '')?.[1]
  },
}

/** What of a whole path is before this one, which has matched; undefined where the path is not the end of it. */
function mountAbove(path: string, whole: string): string | undefined {
  const end = trimSlash(decode(path))
  const all = trimSlash(decode(whole))
  return all.endsWith(end) ? all.slice(0, all.length - end.length) : undefined
}

/** A template below a mount that took this of the path. */
function below(taken: string, above: readonly string[], template: string): string | undefined {
  // The router that leads on to another has the parameters of its own route, which then are no longer there.
  const isAsLong = (mount: string) => mount.split('/').length === taken.split('/').length
  const mount = [...above, above.join('')].find(isAsLong) ?? believed(taken)
  return mount === undefined ? undefined : mounted(mount, template)
}

/** As h3 2 has paths: those of a URL, in which `..` is resolved. */
const normalize = (path: string) => URL.parse(path, 'http://localhost')?.pathname ?? path

function templateOf(context: object): string | undefined {
  const matched = (context as Event).context?.matchedRoute
  return matched?.route ?? matched?.path
}

/** The path that a template and the values of its parameters make; undefined where its syntax does not say. */
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

/** `:name`, with a pattern or a modifier; `**` and `**:name`, for what is left. */
const PARAMETER = /^(?:\*\*:?|:)(?<name>\w*)(?:\(.*\))?[?+*]?$/

/**
 * What `useBase` and `app.use(path, ...)` of h3 1, and `withBase` of h3 2, have taken off: they take fixed paths. An app
 * may do the same by itself with what clients send, so that only so many are believed.
 */
function believed(prefix: string): string | undefined {
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
