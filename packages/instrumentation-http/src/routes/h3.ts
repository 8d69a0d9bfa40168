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
  ofContext(context, { request, above }) {
    const template = templateOf(context)
    if (template === undefined) return undefined
    const length = lengthOf(template, (context as Event).context?.params ?? {})
    if (length === undefined) return template
    const path = arrivedPath(request)
    const [taken, rest] = splitAtEnd(path, length)
    if (taken.length === 0) return template
    return isVersion2(context)
      ? below(above, template, ...splitAtEnd(normalize(path), length))
      : below(above, template, taken, rest)
  },
  /** Of h3 2, which knows the route of the outer router first: `/api/**` leads on to another one. */
  mountOf(context) {
    return /^(.+)\/\*\*(?::\w+)?$/.exec(templateOf(context) ?? '')?.[1]
  },
}

/** A template below the mount that took these segments of the path. */
function below(
  above: readonly string[],
  template: string,
  taken: readonly string[],
  rest: readonly string[],
): string | undefined {
  if (taken.length === 0) return template
  if (!isFixedPart(template, rest)) return undefined
  // The router that leads on to another has the parameters of its own route, which then are no longer there.
  const mount = above.find((mount) => mount.split('/').length - 1 === taken.length) ?? prefix(taken)
  return mount === undefined ? undefined : mounted(mount, template)
}

/** The segments of a path, apart from the last of them, and those. */
function splitAtEnd(path: string, length: number): [taken: readonly string[], rest: readonly string[]] {
  const segments = trimSlash(path).split('/').slice(1)
  const end = Math.max(0, segments.length - length)
  return [segments.slice(0, end), segments.slice(end)]
}

const isVersion2 = (context: object) => (context as Event).context?.matchedRoute?.route !== undefined

/** As h3 2 has paths: those of a URL, in which `..` is resolved. */
const normalize = (path: string) => URL.parse(path, 'http://localhost')?.pathname ?? path

function templateOf(context: object): string | undefined {
  const matched = (context as Event).context?.matchedRoute
  return matched?.route ?? matched?.path
}

/** How many segments of a path have matched this template; undefined where its groups may be there or not. */
function lengthOf(template: string, params: Readonly<Record<string, unknown>>): number | undefined {
  if (template.includes('{')) return undefined
  let length = 0
  for (const segment of trimSlash(template).split('/').slice(1)) {
    const { name, modifier } = /^(?:\*\*:?|:)(?<name>\w*)(?:\(.*\))?(?<modifier>[?+*]?)$/.exec(segment)?.groups ?? {}
    const isWhole = segment.startsWith('**') || modifier === '+' || modifier === '*'
    const value = params[name || '_']
    if (isWhole) length += typeof value !== 'string' || value === '' ? 0 : trimSlash(value).split('/').length
    else if (modifier !== '?' || value !== undefined) length++
  }
  return length
}

/** Whether what a template fixes of a path is there. */
const isFixedPart = (template: string, segments: readonly string[]) =>
  trimSlash(template)
    .split('/')
    .slice(1)
    .every((part, i) => /[:*]/.test(part) || part === segments[i] || part === decode(segments[i] ?? ''))

/**
 * What `useBase` and `app.use(path, ...)` of h3 1, and `withBase` of h3 2, have taken off: they take fixed paths. An app
 * may do the same by itself with what clients send, so that only so many are believed.
 */
function prefix(segments: readonly string[]): string | undefined {
  const path = `/${segments.join('/')}`
  if (!segments.every(isPlain) || (prefixes.size === MAX_PREFIXES && !prefixes.has(path))) return undefined
  prefixes.add(path)
  return path
}

const isPlain = (segment: string) => /^[\w~.-]*[\w~-][\w~.-]*$/.test(segment)

const trimSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path)

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
