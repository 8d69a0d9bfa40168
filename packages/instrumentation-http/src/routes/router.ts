import type { Layer } from './express/app.ts'
import { findChainTemplate } from './express/index.ts'
import type { PassedLayer } from './express/layer-chain.ts'
import { removedPrefix } from './removed-prefix.ts'
import type { LinkedSource } from './route-source.ts'
import { pathOf, trimSlash } from './target-path.ts'
import { joinTemplates } from './template.ts'

/** What the statements that are added to router publish: `LinkMessage`s that have a layer, or `outer`. */
interface RouterMessage {
  readonly request?: RouterRequest
  /** The layer that the request has come to. */
  readonly layer?: Layer
  /** The function that leads on from this layer, one for each time that a router gets a request. */
  readonly next?: unknown
  /** Where a router gets a request: the `next` of the router that it is in already, undefined outside of all. */
  readonly outer?: unknown
}

interface RouterRequest {
  readonly url: string
  readonly baseUrl?: string
  /** A function of the router that the request is in; undefined once it has left all of them. */
  readonly next?: unknown
}

interface ChainLayer extends PassedLayer {
  /** The `next` of its router; see `RouterMessage`. */
  readonly next: unknown
}

/** The layers that a request is in, each of which led to the router of the next one, and the path that the first router got. */
interface Chain {
  readonly layers: ChainLayer[]
  path: string
  /** Whether a router has got the request, and none of its layers has yet. */
  hasEntered: boolean
}

const chains = new WeakMap<object, Chain>()

const LINK = {
  after: 'const fn = this.handle',
  when: '!req.app',
  message: '{ request: req, context: req, layer: this, next }',
}

/** What a router does first with a request. Each one sets `next` of the request to a function of its own, and restores it when it is done. */
const ENTERED = {
  after: "debug('dispatching %s %s', req.method, req.url)",
  when: '!req.app',
  message: '{ request: req, context: req, outer: req.next }',
}

/**
 * router, the package, where the app uses it without Express: it leaves the route on Node's request, but not the routers above it, so
 * the layers are observed that a request comes to. connect, which may be around it, removes prefixes from paths.
 */
export const router: LinkedSource = {
  sourceLinks: [
    // router 2
    { below: 'Layer.prototype.handleRequest = function handleRequest (req, res, next) {', ...LINK },
    // router 1
    {
      below: 'Layer.prototype.handle_request = function handle(req, res, next) {',
      ...LINK,
      after: 'var fn = this.handle',
    },
    { below: 'Router.prototype.handle = function handle (req, res, callback) {', ...ENTERED },
    { below: 'Router.prototype.handle = function handle(req, res, callback) {', ...ENTERED },
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
  const { request, layer, next, outer } = message as RouterMessage
  if (request === undefined) return
  if (layer !== undefined) pass(request, layer, next)
  else if ('outer' in message) enter(request, outer)
}

/** A router gets the request: directly, in the layer of another router, or from a function of the app's own that is such a layer. */
function enter(request: RouterRequest, outer: unknown): void {
  const chain = chains.get(request)
  if (chain === undefined) return
  const { layers } = chain
  while (layers.length > 0 && layers.at(-1)?.next !== outer) layers.pop()
  chain.hasEntered = true
}

/** The request comes to a layer. */
function pass(request: RouterRequest, layer: Layer, next: unknown): void {
  const chain = chains.get(request) ?? { layers: [], path: '', hasEntered: false }
  const { layers } = chain
  // A route has a layer for each of its handlers.
  if (layers.at(-1)?.layer.route?.stack.includes(layer)) return
  const { url, baseUrl = '' } = request
  const path = baseUrl + pathOf(url)
  const before = next === undefined ? -1 : layers.findIndex((passed) => passed.next === next)
  if (before !== -1) layers.length = before
  // A function that calls a router may have changed the path, and then the path says nothing about the layers above.
  else if (!chain.hasEntered || trimSlash(path) !== trimSlash(chain.path))
    while (layers.length > 0 && !leadsTo(layers.at(-1)?.layer, layer)) layers.pop()
  chain.hasEntered = false
  if (layers.length === 0) chain.path = path
  layers.push({ layer, baseUrl, next })
  chains.set(request, chain)
}

/** Returns whether a layer is of another layer's route, or of the router that this one mounts or has as a handler of its route. */
const leadsTo = (outer: Layer | undefined, layer: Layer): boolean =>
  outer?.route === undefined
    ? outer?.handle.stack?.includes(layer) === true
    : outer.route.stack.some((handler) => handler === layer || handler.handle?.stack?.includes(layer))
