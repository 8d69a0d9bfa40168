/** Of a target that names its origin, as a request to a proxy has it (RFC 9112, 3.2.2). */
export interface AbsoluteForm {
  readonly host: string
  /** Path and query. */
  readonly path: string
}

/** undefined for a target that is a path, or anything else. */
export function parseAbsoluteForm(target: string): AbsoluteForm | undefined {
  // Nearly all are.
  if (target.startsWith('/')) return undefined
  const { host, path } = /^https?:\/\/(?:[^/?#]*@)?(?<host>[^/?#]+)(?<path>.*)$/is.exec(target)?.groups ?? {}
  if (host === undefined || path === undefined) return undefined
  return { host, path: path.startsWith('/') ? path : `/${path}` }
}
