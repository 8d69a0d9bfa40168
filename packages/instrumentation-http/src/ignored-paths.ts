/**
 * Creates the check whether a request is to be left out.
 *
 * @param paths `/healthz` is this path alone; `/internal/*` are all paths that begin with `/internal/`
 * @returns undefined when none is
 */
export function createIgnoredPaths(paths: readonly string[]): ((target: string) => boolean) | undefined {
  if (paths.length === 0) return undefined
  const exact = new Set(paths.filter((path) => !path.endsWith('/*')))
  const prefixes = paths.filter((path) => path.endsWith('/*')).map((path) => path.slice(0, -1))
  return (target) => {
    const path = pathOf(target)
    return exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix))
  }
}

/**
 * Returns the path of a request's target as the client sent it, without the query. A target in absolute form (RFC 9112,
 * 3.2.2) has its origin before it.
 */
function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '')
  const end = path.indexOf('?')
  return end === -1 ? path : path.slice(0, end)
}
