import { trimSlash } from '../target-path.ts'
import { decompilePattern } from './express4-pattern.ts'
import { inferPattern, type Matcher } from './inferred-pattern.ts'

/** By what a layer of a router matches paths; a layer is a route, or a handler that is mounted at a path. */
export interface PathLayer {
  /**
   * router 2 (Express 5): the layer is mounted at `/`. The router then does not call its matcher, and neither may we.
   */
  readonly slash?: boolean
  /** router 2.3 (Express 5): the path as the app wrote it. */
  readonly rawPath?: unknown
  /** router 2 (Express 5). */
  readonly matchers?: readonly Matcher[]
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
}

/** What mounts match of a path. */
export interface MountMatch {
  /** The pattern of the mounts, without a slash at its end; empty at the root. */
  readonly template: string
  /** The part of the path that matched. */
  readonly matched: string
}

interface LayerMatch {
  /** The part of the path that matched. */
  readonly path: string
  readonly params: Readonly<Record<string, unknown>>
  /** What matched: a layer may have several matchers, each with a path of its own. */
  readonly by: PathLayer | Matcher
}

const templates = new WeakMap<PathLayer | Matcher, string>()

/**
 * Matches a path with the layer of a mount. Returns undefined where it does not match, and where the layer's pattern is
 * unknown.
 */
export function matchMount(layer: PathLayer, path: string): MountMatch | undefined {
  const match = matchLayer(layer, path)
  if (match === undefined) return undefined
  const template = templates.get(match.by) ?? patternOf(layer) ?? inferTemplate(match)
  if (template === undefined) return undefined
  templates.set(match.by, template)
  return { template, matched: trimSlash(match.path) }
}

const inferTemplate = ({ by, path, params }: LayerMatch): string | undefined =>
  typeof by === 'function' ? inferPattern(by, path, params) : ''

/** Matches a path with a layer, without the changes that `layer.match` would make to the layer. */
export function matchLayer(layer: PathLayer, path: string): LayerMatch | undefined {
  const { slash, matchers = [], regexp } = layer
  if (slash) return { path: '', params: {}, by: layer }
  for (const matcher of matchers) {
    const match = matcher(path === '' ? '/' : path)
    if (match) return { path: match.path, params: match.params, by: matcher }
  }
  const match = regexp?.exec(path === '' ? '/' : path)
  return match ? { path: match[0], params: {}, by: layer } : undefined
}

/** Returns the names of the parameters that a layer finds in a path. */
export function parameterNames(layer: PathLayer, path: string): string[] {
  const { regexp, keys = [] } = layer
  if (regexp !== undefined) return keys.map(({ name }) => String(name))
  return Object.keys(matchLayer(layer, path)?.params ?? {})
}

/** Returns whether a layer is at the root of its router: it matches every path, and takes no part of it. */
export const isAtRoot = ({ slash, regexp }: PathLayer): boolean => slash === true || regexp?.fast_slash === true

/** Returns the path, or the paths, of a layer as the app wrote them; undefined with router 2.0 to 2.2 (Express 5). */
export function patternOf({ rawPath, regexp, keys = [] }: PathLayer): string | undefined {
  if (rawPath !== undefined) return stringifyPath(rawPath)
  return regexp && decompilePattern(regexp, keys)
}

/** Returns what the app gave as a path, which may be a string, a regular expression or several of them, as a string. */
export const stringifyPath = (path: unknown): string =>
  Array.isArray(path) ? path.map(stringifyPath).join(',') : typeof path === 'string' ? trimSlash(path) : String(path)
