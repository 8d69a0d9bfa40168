import type { Layer } from './express/app.ts'
import { findChainTemplate } from './express/index.ts'
import type { PassedLayer } from './express/layer-chain.ts'
import { removedPrefix } from './removed-prefix.ts'
import type { RouteSource } from './route-source.ts'
import { pathOf } from './target-path.ts'
import { joinTemplates } from './template.ts'

/** What the statement that is added to router publishes: a `LinkMessage` that has the last property. */
interface RouterMessage {
  readonly request?: RouterRequest
  readonly layer?: Layer
}

interface RouterRequest {
  readonly url: string
  readonly baseUrl?: string
  /** A function of the router that the request is in; undefined once it has left all of them. */
  readonly next?: unknown
}

/** The layers that a request is in, each with the router of the next one, and the path that the first router got. */
interface Chain {
  readonly layers: PassedLayer[]
  path: string
}

const chains = new WeakMap<object, Chain>()

const LINK = {
  after: 'const fn = this.handle',
  when: '!req.app',
  message: '{ request: req, context: req, layer: this }',
}

/**
 * router, the package, where the app uses it without Express: it leaves the route on Node's request, but not the routers above it, so
 * the layers are observed that a request comes to. connect, which may be around it, removes prefixes from paths.
 */
export const router: RouteSource = {
  sourceLinks: [
    // router 2
    { below: 'Layer.prototype.handleRequest = function handleRequest (req, res, next) {', ...LINK },
    // router 1
    {
      below: 'Layer.prototype.handle_request = function handle(req, res, next) {',
      ...LINK,
      after: 'var fn = this.handle',
    },
    // connect
    {
      below: 'proto.use = function use(route, fn) {',
      after: "debug('use %s %s', path || '/', handle.name || 'anonymous');",
      message: '{ base: path }',
    },
  ],
  onLink,
  findContextRoute(context, { request, status, target, bases }) {
    const chain = chains.get(context)
    // The last route passed the request on, and no other one was left. After another error it is the route that failed.
    if (status === 404 && (request as RouterRequest).next === undefined) return undefined
    const template = chain && findChainTemplate(chain.layers, chain.path)
    const prefix = chain && removedPrefix(request, target, chain.path, bases)
    return prefix === undefined || template === undefined ? undefined : joinTemplates(prefix, template)
  },
}

function onLink(message: object): void {
  const { request, layer } = message as RouterMessage
  if (request === undefined || layer === undefined) return
  const chain = chains.get(request) ?? { layers: [], path: '' }
  const { layers } = chain
  while (layers.length > 0 && !leadsTo(layers.at(-1)?.layer, layer)) layers.pop()
  // A route has a layer for each of its handlers.
  if (layers.at(-1)?.layer.route?.stack.includes(layer)) return
  const { url, baseUrl = '' } = request
  if (layers.length === 0) chain.path = baseUrl + pathOf(url)
  layers.push({ layer, baseUrl })
  chains.set(request, chain)
}

/** Returns whether a layer is of another layer's route, or of the router that this one mounts or has as a handler of its route. */
const leadsTo = (outer: Layer | undefined, layer: Layer): boolean =>
  outer?.route === undefined
    ? outer?.handle.stack?.includes(layer) === true
    : outer.route.stack.some((handler) => handler === layer || handler.handle?.stack?.includes(layer))
