import { mountPattern } from './pattern4.ts'

type Matcher = (path: string) => { path: string; params: Record<string, unknown> } | false

/** The members of a layer in the versions of Express. A layer holds a route, or a handler that is mounted at a path. */
export interface MountLayer {
  /** In router 2 (Express 5), whether it is mounted at `/`. Its matcher is not used then. */
  readonly slash?: boolean
  /** In router 2.3 (Express 5), the path as the app wrote it. */
  readonly rawPath?: unknown
  /** In router 2 (Express 5), one matcher for each path. */
  readonly matchers?: readonly Matcher[]
  /** In Express 4, the regular expression of the path, and the names of its parameters. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
}

export interface Mount {
  /** The pattern at which the router is mounted, without a slash at its end; empty at the root. */
  readonly template: string
  /** The part of a request's path that matched the template. */
  readonly matched: string
}

interface Match {
  readonly path: string
  readonly params: Readonly<Record<string, unknown>>
  /** The matcher that matched, or the layer if it has none. */
  readonly by: MountLayer | Matcher
}

const templates = new WeakMap<MountLayer | Matcher, string>()

/** Returns the template of a mounted handler, and the part of this path that it takes; undefined if it does not match or has no template. */
export function mountTemplate(layer: MountLayer, path: string): Mount | undefined {
  const match = matchLayer(layer, path)
  if (match === undefined) return undefined
  const template = templates.get(match.by) ?? templateOf(layer, match)
  if (template === undefined) return undefined
  templates.set(match.by, template)
  return { template, matched: trimSlash(match.path) }
}

/** Matches a path without a side effect; the layer's own `match` would write into the layer. */
export function matchLayer(layer: MountLayer, path: string): Match | undefined {
  const { slash, matchers = [], regexp } = layer
  if (slash) return { path: '', params: {}, by: layer }
  for (const matcher of matchers) {
    const match = matcher(path === '' ? '/' : path)
    if (match) return { path: match.path, params: match.params, by: matcher }
  }
  const match = regexp?.exec(path === '' ? '/' : path)
  return match ? { path: match[0], params: {}, by: layer } : undefined
}

/** Returns the names of the parameters that a layer finds in this path. */
export function parameterNames(layer: MountLayer, path: string): string[] {
  const { regexp, keys = [] } = layer
  if (regexp !== undefined) return keys.map(({ name }) => String(name))
  return Object.keys(matchLayer(layer, path)?.params ?? {})
}

/** Returns whether a layer is at the root of its router, so that it takes nothing of any path. */
export const isAtRoot = ({ slash, regexp }: MountLayer) => slash === true || regexp?.fast_slash === true

const templateOf = (layer: MountLayer, match: Match): string | undefined => patternOf(layer) ?? infer(match)

/** Returns the path or paths at which a layer is mounted, as the app wrote them; undefined with a router before 2.3. */
export function patternOf({ rawPath, regexp, keys = [] }: MountLayer): string | undefined {
  if (rawPath !== undefined) return written(rawPath)
  return regexp && mountPattern(regexp, keys)
}

/**
 * Infers the template for a router before 2.3, which keeps none. To find the segment of a parameter, it replaces each segment by a
 * sample: the parameter whose value is then the sample belongs to that segment.
 */
function infer({ path, params, by }: Match): string | undefined {
  if (typeof by !== 'function') return ''
  // A path that a regular expression of the app's has matched would be taken for a fixed one.
  if (by.name === 'regexpMatcher') return undefined
  const segments = trimSlash(path).split('/')
  const template = [...segments]
  for (const name of Object.keys(params)) {
    if (params[name] === undefined) continue
    const index = segments.findIndex(
      (_, i) => i > 0 && SAMPLES.some((sample) => isParam(by, segments, i, name, sample)),
    )
    if (index === -1) return undefined
    template[index] = `:${name}`
  }
  return template.join('/')
}

/** The app may restrict parameters to digits, to letters, or to UUIDs. */
const SAMPLES = ['9104', 'qzxv', '0f9c2b7a-4d3e-4f5a-8b6c-1d2e3f4a5b6c']

function isParam(matcher: Matcher, segments: readonly string[], i: number, name: string, sample: string): boolean {
  const match = matcher(segments.with(i, sample).join('/'))
  return match && match.params[name] === sample
}

/** Returns a path as the app wrote it: a string, a regular expression, or several of them. */
export const written = (path: unknown): string =>
  Array.isArray(path) ? path.map(written).join(',') : typeof path === 'string' ? trimSlash(path) : String(path)

const trimSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path)
