import { pathOf, trimSlash } from './target-path.ts'

/** What Express adds to Node's request as it passes it to what is mounted in it. */
interface MountedRequest {
  readonly baseUrl?: string
  readonly app?: unknown
}

/**
 * Returns what was removed from the path that the client requested before a router got the rest: empty where nothing was, or where
 * the app rewrote the path, and undefined where it is not made of prefixes that the app wrote. The mounts of an Express app around
 * the router are left out, because they are looked up elsewhere.
 *
 * @param target the request's target as the client sent it
 * @param path the path that the router got
 * @param bases the prefixes that the app wrote
 */
export function removedPrefix(
  request: object,
  target: string,
  path: string,
  bases?: ReadonlySet<string>,
): string | undefined {
  const { app, baseUrl = '' } = request as MountedRequest
  const fullPath = pathOf(target)
  const ownPath = app !== undefined && fullPath.startsWith(baseUrl) ? fullPath.slice(baseUrl.length) || '/' : fullPath
  return prefixOf(ownPath, path, bases)
}

/**
 * Returns what was removed from a path before a router got the rest: empty where nothing was, or where the app rewrote the path, and
 * undefined where it is not made of prefixes that the app wrote.
 */
export function prefixOf(fullPath: string, path: string, bases: ReadonlySet<string> = NO_BASES): string | undefined {
  if (fullPath === path) return ''
  const [whole, end] = [trimSlash(fullPath), trimSlash(path)]
  if (whole.length <= end.length || !whole.endsWith(end)) return ''
  const prefix = whole.slice(0, whole.length - end.length)
  return isMadeOf(prefix, bases) ? prefix : undefined
}

const NO_BASES: ReadonlySet<string> = new Set()

/**
 * Returns whether a path consists of these parts, each of which may stand in it any number of times. Each position is looked at once:
 * clients choose the path, and parts may begin alike.
 */
export function isMadeOf(path: string, parts: ReadonlySet<string>): boolean {
  const ends = new Set([0])
  for (const end of ends) {
    for (const part of parts) if (path.startsWith(part, end)) ends.add(end + part.length)
  }
  return ends.has(path.length)
}
