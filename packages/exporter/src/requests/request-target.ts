/** What a request is for. */
export interface RequestTarget {
  /** The path, with percent-encoded characters decoded. */
  readonly path: string
  readonly query: URLSearchParams
}

const { URLSearchParams: SearchParams, decodeURIComponent: decode } = globalThis

/** A scheme and an authority, as the target has them that a client sends to a proxy (RFC 9112, 3.2.2). */
const ABSOLUTE = /^https?:\/\/[^/?#\s]+/i

/** A `%` that begins no percent-encoded octet. */
const STRAY_PERCENT = /%(?![\da-f]{2})/i

/**
 * Reads the target of a request, in origin form (`/metrics?x=1`) or absolute form (`http://host:15020/metrics`).
 *
 * @returns undefined for a malformed target
 */
export function parseRequestTarget(target: string): RequestTarget | undefined {
  const absolute = ABSOLUTE.exec(target)?.[0]
  const relative = absolute === undefined ? target : target.slice(absolute.length)
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(relative) ?? []
  // Only the absolute form may have no path: it is then that of the root.
  if (absolute === undefined ? !path.startsWith('/') : !/^(?:\/|$)/.test(path)) return undefined
  if (STRAY_PERCENT.test(relative)) return undefined
  try {
    return { path: decode(path || '/'), query: new SearchParams(query) }
  } catch {
    // The octets are not UTF-8.
    return undefined
  }
}
