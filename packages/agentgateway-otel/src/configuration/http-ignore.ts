import { problemWith } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

/** How many paths may be left out. Each request is compared with all of them. */
const MAX_IGNORED_PATHS = 100

/** A path, without a query and without `*`, but for a last segment `*`. */
const PATH = /^\/[^\s*?#]*$|^\/(?:[^\s*?#]*\/)?\*$/

/** Parses paths to leave out of the HTTP metrics: `/healthz` is one path, `/internal/*` is all paths below one. */
export function parseHttpIgnore(text: string): Parsed<readonly string[]> {
  const items = [...new Set(itemsOf(text))]
  const paths = items.filter((item) => PATH.test(item))
  const problems = problemWith(
    items.filter((item) => !PATH.test(item)),
    'write paths such as /healthz or /internal/*',
  )
  if (paths.length > MAX_IGNORED_PATHS) {
    problems.push(`has ${paths.length} paths; using the first ${MAX_IGNORED_PATHS}`)
  }
  return { value: paths.slice(0, MAX_IGNORED_PATHS), problems }
}
