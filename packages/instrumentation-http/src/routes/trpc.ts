import { fastify } from './fastify.ts'
import { removedPrefix } from './removed-prefix.ts'
import type { RouteSource } from './route-source.ts'
import { pathOf } from './target-path.ts'

/** What an adapter of tRPC passes on of a request. */
interface TrpcCall {
  /** The names of procedures in the URL, as the client sent them: one, or several of a batch, separated by commas. */
  readonly path?: unknown
  /** The prefix that the standalone adapter takes off. */
  readonly basePath?: string
  readonly router?: { readonly _def?: TrpcRouterDefinition }
}

interface TrpcRouterDefinition {
  /** All procedures, by their whole names; those of a router that is loaded later, once it is. */
  readonly procedures?: Readonly<Record<string, unknown>>
  readonly _config?: { readonly pathSeparator?: string }
}

/** How a batch of several procedures ends. Clients make batches as they like, so their names would be any number of routes. */
const BATCH = ':procedures'

const BATCH_QUERY = /[?&]batch=1(?:&|$)/

/** What the route of tRPC's Fastify plugin ends with. */
const FASTIFY_PARAMETER = ':path'

const LINK = { message: '{ request: opts.req.raw ?? opts.req, context: opts }' }

/**
 * tRPC, with its adapters for Node's servers, Express and Fastify: the route ends with the name of the procedure, which has to be one
 * of the router's. A batch of several has one route, whichever they are.
 */
export const trpc: RouteSource = {
  sourceLinks: [
    { after: 'async function nodeHTTPRequestHandler(opts) {', ...LINK },
    { after: 'async function fastifyRequestHandler(opts) {', ...LINK },
  ],
  findContextRoute(context, { request, status, target, bases }) {
    const { path, basePath = '', router } = context as TrpcCall
    const { procedures } = router?._def ?? {}
    if (procedures === undefined || typeof path !== 'string') return undefined
    const name = findName(decodeURIComponent(path), router?._def ?? {}, BATCH_QUERY.test(target))
    if (name === undefined) return undefined
    const outer = fastify.findRoute?.(request, status, target)
    if (outer?.endsWith(FASTIFY_PARAMETER)) return outer.slice(0, -FASTIFY_PARAMETER.length) + name
    const base = ['', ...basePath.split('/').filter(Boolean)].join('/')
    // What an app removes from the path, and what a route of Express or of another framework matches, is not known here.
    return removedPrefix(request, target, pathOf(`${base}/${path}`), bases) === '' ? `${base}/${name}` : undefined
  },
}

function findName(path: string, definition: TrpcRouterDefinition, isBatch: boolean): string | undefined {
  const { procedures = {}, _config } = definition
  const separator = _config?.pathSeparator ?? '.'
  const names = (isBatch ? path.split(',') : [path]).map((name) => name.split(separator).join('.'))
  if (!names.every((name) => Object.hasOwn(procedures, name))) return undefined
  return names.length === 1 ? names[0] : BATCH
}
