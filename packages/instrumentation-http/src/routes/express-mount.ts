/** A layer at which a router is mounted, as the versions of Express have it. */
interface MountLayer {
  /** router 2 (Express 5): mounted at `/`; its matcher, made for other paths, is never asked then. */
  readonly slash?: boolean
  /** router 2.3 (Express 5): what the app wrote. */
  readonly rawPath?: unknown
  /** router 2 (Express 5). */
  readonly matchers?: readonly ((path: string) => { path: string; params: Record<string, unknown> } | false)[]
  /** Express 4. */
  readonly regexp?: RegExp
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
}

const templates = new WeakMap<object, string>()

/** The template of a mounted router, and what of this path it takes; undefined when it does not match, or has none. */
export function mountTemplate(layer: object, path: string): Mount | undefined {
  const match = matchLayer(layer, path)
  if (match === undefined) return undefined
  const matched = trimSlash(match.path)
  const template = templates.get(layer) ?? templateOf(layer, match)
  if (template === undefined) return undefined
  templates.set(layer, template)
  return { template, matched }
}

/** Matches without a trace: `layer.match` would write into the layer. */
function matchLayer({ slash, matchers, regexp, keys = [] }: MountLayer, path: string): Match | undefined {
  if (slash) return { path: '', params: {} }
  for (const matcher of matchers ?? []) {
    const match = matcher(path === '' ? '/' : path)
    if (match) return match
  }
  const match = regexp?.exec(path === '' ? '/' : path)
  if (!match) return undefined
  return { path: match[0], params: Object.fromEntries(keys.map(({ name }, i) => [name, match[i + 1]])) }
}

function templateOf(layer: MountLayer, match: Match): string | undefined {
  const { rawPath } = layer
  if (typeof rawPath === 'string') return trimSlash(rawPath)
  if (rawPath !== undefined) return String(rawPath)
  return infer(layer, match)
}

/**
 * Express before router 2.3 keeps no pattern. So each segment of the path that took part in a parameter is found by
 * putting another in its place: where the parameter then has that value, the segment stands for it.
 */
function infer(layer: MountLayer, match: Match): string | undefined {
  const segments = trimSlash(match.path).split('/')
  const template = [...segments]
  for (const name of Object.keys(match.params)) {
    if (match.params[name] === undefined) continue
    const index = segments.findIndex(
      (_, i) => i > 0 && SAMPLES.some((sample) => isParam(layer, segments, i, name, sample)),
    )
    if (index === -1) return undefined
    template[index] = `:${name}`
  }
  return template.join('/')
}

/** Parameters may be confined to digits, or to letters. */
const SAMPLES = ['9104', 'qzxv', '0f9c2b7a-4d3e-4f5a-8b6c-1d2e3f4a5b6c']

function isParam(layer: MountLayer, segments: readonly string[], i: number, name: string, sample: string): boolean {
  return matchLayer(layer, segments.with(i, sample).join('/'))?.params[name] === sample
}

const trimSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path)
