import type { Format } from './formats/format.ts'
import { FORMATS } from './formats/index.ts'

/** The format of a request. */
export interface FormatMatch {
  readonly format: Format
  /** The model that the path names, if it names one. */
  readonly model: string | undefined
}

/** A request about a call in the background that another request began. */
export interface FollowUp {
  readonly format: Format
  /** The call's id. */
  readonly id: string
}

interface CompiledPath {
  readonly format: Format
  readonly pattern: RegExp
}

/** The paths by their last word, after a slash or a colon. Most requests are not calls, and a lookup soon shows that. */
const PATHS_BY_LAST_WORD = new Map<string, CompiledPath[]>()
/** The paths that end in `{model}` or `{id}`, with the literal text before it. */
const PATHS_ENDING_IN_NAME: (CompiledPath & { readonly textBefore: string })[] = []
for (const format of FORMATS) {
  for (const path of format.paths) {
    const compiled = { format, pattern: compilePath(path) }
    const word = getLastWord(path)
    if (word.endsWith('}')) PATHS_ENDING_IN_NAME.push({ ...compiled, textBefore: getTextBeforeLastName(path) })
    else PATHS_BY_LAST_WORD.set(word, [...(PATHS_BY_LAST_WORD.get(word) ?? []), compiled])
  }
}

/** Finds the format of a request by its method and path alone. The first format in the list whose path matches is used. */
export function findFormat(method: string, target: string): FormatMatch | undefined {
  if (method !== 'POST') return undefined
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  for (const candidate of PATHS_BY_LAST_WORD.get(getLastWord(path)) ?? []) {
    const match = matchPath(candidate, path)
    if (match !== undefined) return match
  }
  for (const candidate of PATHS_ENDING_IN_NAME) {
    const match = path.includes(candidate.textBefore) ? matchPath(candidate, path) : undefined
    if (match !== undefined) return match
  }
  return undefined
}

function matchPath({ format, pattern }: CompiledPath, path: string): FormatMatch | undefined {
  const result = pattern.exec(path)
  if (result === null) return undefined
  const model = decode(result.groups?.model)
  return format.models?.test(model ?? '') === false ? undefined : { format, model }
}

const BACKGROUND_PATHS: readonly CompiledPath[] = FORMATS.flatMap((format) =>
  format.backgroundPath === undefined
    ? []
    : [{ format, pattern: new RegExp(`${format.backgroundPath.slice(1).replace('{id}', '([^/]+)')}(?:/cancel)?$`) }],
)

/** Recognises a request about a call in the background by its method and path. */
export function findFollowUp(method: string, target: string): FollowUp | undefined {
  if (method !== 'GET' && method !== 'POST') return undefined
  const path = target.split('?', 1)[0] as string
  if ((method === 'POST') !== path.endsWith('/cancel')) return undefined
  for (const { format, pattern } of BACKGROUND_PATHS) {
    const id = decode(pattern.exec(path)?.[1])
    if (id !== undefined) return { format, id }
  }
  return undefined
}

function getLastWord(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1)
}

/** Returns the literal text between the last two names in braces, or before the only one. */
function getTextBeforeLastName(path: string): string {
  const before = path.slice(0, path.lastIndexOf('{'))
  return before.slice(Math.max(before.lastIndexOf('}'), 0) + 1)
}

/** Compiles a path as formats write it, such as `…/models/{model}:verb`. */
function compilePath(path: string): RegExp {
  const source = path
    .slice(1)
    .replace(/[/.]/g, '\\$&')
    .replaceAll('{id}', '[^/]+')
    .replace(
      /\{model\}(.?)/,
      (_, after) => `(?<model>${after === '' ? '.+' : after === ':' ? '[^/:]+' : '[^/]+'})${after}`,
    )
  return new RegExp(`${source}$`)
}

function decode(segment: string | undefined): string | undefined {
  try {
    return segment && decodeURIComponent(segment)
  } catch {
    return segment
  }
}
