/** Where the contexts and requests of frameworks keep Node's request. */
interface RequestHolder {
  /** Koa. */
  readonly req?: unknown
  /** Fastify keeps the request in `raw`, hapi in `raw.req`. */
  readonly raw?: { readonly req?: unknown }
  /** Hono. */
  readonly env?: { readonly incoming?: unknown }
  /** h3 1 (Nitro, Nuxt). */
  readonly node?: { readonly req?: unknown }
  /** h3 2. */
  readonly runtime?: { readonly node?: { readonly req?: unknown } }
}

/**
 * Returns Node's request from an object that a framework passes to the app. An object that leads to none is returned
 * itself: it may be a stream of `http2`.
 */
export function findNodeRequest(holder: RequestHolder): object {
  if (isNodeRequest(holder)) return holder
  const { req, raw, env, node, runtime } = holder
  const candidates: unknown[] = [req, raw, raw?.req, env?.incoming, node?.req, runtime?.node?.req]
  return (candidates.find(isNodeRequest) ?? symbolValues(holder).find(isNodeRequest) ?? holder) as object
}

/** The `Request` of @hono/node-server keeps Node's request under a symbol of its own. */
const symbolValues = (object: object) =>
  Object.getOwnPropertySymbols(object).map((symbol) => (object as Record<symbol, unknown>)[symbol])

const isNodeRequest = (value: unknown) =>
  Array.isArray((value as { rawHeaders?: unknown } | null | undefined)?.rawHeaders)
