import { pathOf } from './routes/target-path.ts'

/**
 * Creates the function that decides by a request's target whether the request is ignored. It compares the path as the
 * client sent it: nothing is decoded, and upper and lower case differ.
 *
 * @param paths `/healthz` is one path, `/internal/*` is every path that begins with `/internal/`
 * @returns undefined where there are no paths, so that there is nothing to call
 */
export function createIgnoredPaths(paths: readonly string[] = []): ((target: string) => boolean) | undefined {
  if (paths.length === 0) return undefined
  const exact = new Set(paths.filter((path) => !path.endsWith('/*')))
  const prefixes = paths.filter((path) => path.endsWith('/*')).map((path) => path.slice(0, -1))
  return (target) => {
    // A target is empty if Node refused the request's head. In absolute form, `http://host` stands for its root.
    const path = target === '' ? '' : pathOf(target) || '/'
    return exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix))
  }
}
