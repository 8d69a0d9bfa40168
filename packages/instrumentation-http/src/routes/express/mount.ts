import { mountPattern } from './pattern4.ts'

type Matcher = (path: string) => { path: string; params: Record<string, unknown> } | false

/** A layer, as the versions of Express have it: a route, or where a router is mounted. */
export interface MountLayer {
  /** router 2 (Express 5): mounted at `/`; its matcher, made for other paths, is never asked then. */
  readonly slash?: boolean
  /** router 2.3 (Express 5): what the app wrote. */
  readonly rawPath?: unknown
  /** router 2 (Express 5). */
  readonly matchers?: readonly Matcher[]
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
}

export interface Mount {
  /** The pattern at which the router is mounted, without a slash at its end; empty at the root. */
  readonly template: string
  /** What of a request's path matched it. */
  readonly matched: string
}

interface Match {
  readonly path: string
  readonly params: Readonly<Record<string, unknown>>
  /** What matched: a layer may have several matchers, a path each. */
  readonly by: MountLayer | Matcher
}

const templates = new WeakMap<MountLayer | Matcher, string>()

/** The template of a mounted router, and what of this path it takes; undefined when it does not match, or has none. */
export function mountTemplate(layer: MountLayer, path: string): Mount | undefined {
  const match = matchLayer(layer, path)
  if (match === undefined) return undefined
  const template = templates.get(match.by) ?? templateOf(layer, match)
  if (template === undefined) return undefined
  templates.set(match.by, template)
  return { template, matched: trimSlash(match.path) }
}

/** Matches without a trace: `layer.match` would write into the layer. */
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

/** The names of the parameters that a layer finds in this path. */
export function parameterNames(layer: MountLayer, path: string): string[] {
  const { regexp, keys = [] } = layer
  if (regexp !== undefined) return keys.map(({ name }) => String(name))
  return Object.keys(matchLayer(layer, path)?.params ?? {})
}

/** Whether a layer is at the root of its router: whatever the path, it takes nothing of it. */
export const isAtRoot = ({ slash, regexp }: MountLayer) => slash === true || regexp?.fast_slash === true

const templateOf = (layer: MountLayer, match: Match): string | undefined => patternOf(layer) ?? infer(match)

/** The path, or paths, at which a layer is mounted, as the app wrote them; undefined with router before 2.3. */
export function patternOf({ rawPath, regexp, keys = [] }: MountLayer): string | undefined {
  if (rawPath !== undefined) return written(rawPath)
  return regexp && mountPattern(regexp, keys)
}

/**
 * router before 2.3 keeps no pattern. So each segment of the path that took part in a parameter is found by putting
 * another in its place: where the parameter then has that value, the segment stands for it.
 */
function infer({ path, params, by }: Match): string | undefined {
  if (typeof by !== 'function') return ''
  // What a regular expression of the app matches would pass for a fixed path.
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

/** Parameters may be confined to digits, or to letters. */
const SAMPLES = ['9104', 'qzxv', '0f9c2b7a-4d3e-4f5a-8b6c-1d2e3f4a5b6c']

function isParam(matcher: Matcher, segments: readonly string[], i: number, name: string, sample: string): boolean {
  const match = matcher(segments.with(i, sample).join('/'))
  return match && match.params[name] === sample
}

/** A path as it was written in the app: a string, a regular expression, or several. */
export const written = (path: unknown): string =>
  Array.isArray(path) ? path.map(written).join(',') : typeof path === 'string' ? trimSlash(path) : String(path)

const trimSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path)
