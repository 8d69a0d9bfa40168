/** A request's target that includes its origin, as requests to a proxy have it (RFC 9112, 3.2.2). */
export interface AbsoluteForm {
  readonly host: string
  /** Path and query. */
  readonly path: string
}

/** Parses a target in absolute form. Returns undefined for any other target, such as a path. */
export function parseAbsoluteForm(target: string): AbsoluteForm | undefined {
  // Fast path: nearly all targets are paths.
  if (target.startsWith('/')) return undefined
  const { host, path } = /^https?:\/\/(?:[^/?#]*@)?(?<host>[^/?#]+)(?<path>.*)$/is.exec(target)?.groups ?? {}
  if (host === undefined || path === undefined) return undefined
  return { host, path: path.startsWith('/') ? path : `/${path}` }
}
