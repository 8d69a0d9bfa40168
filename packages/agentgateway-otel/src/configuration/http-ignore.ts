import { problemWith } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

/** How many paths may be left out. Each request is compared with all of them. */
const MAX_IGNORED_PATHS = 100

/** A path, without a query and without `*`, but for a last segment `*`. */
const PATH = /^\/[^\s*?#]*$|^\/(?:[^\s*?#]*\/)?\*$/

/** Whether a text is a path that can be left out, or the beginning of some. */
export const isIgnorablePath = (text: string): boolean => PATH.test(text)

/** What `isIgnorablePath` allows. */
export const IGNORABLE_PATHS = 'paths such as /healthz or /internal/*'

/** Parses paths to leave out of the HTTP metrics: `/healthz` is one path, `/internal/*` is all paths below one. */
export function parseHttpIgnore(text: string): Parsed<readonly string[]> {
  const items = [...new Set(itemsOf(text))]
  const paths = items.filter(isIgnorablePath)
  const problems = problemWith(
    items.filter((item) => !isIgnorablePath(item)),
    `write ${IGNORABLE_PATHS}`,
  )
  if (paths.length > MAX_IGNORED_PATHS) {
    problems.push(`has ${paths.length} paths; using the first ${MAX_IGNORED_PATHS}`)
  }
  return { value: paths.slice(0, MAX_IGNORED_PATHS), problems }
}
