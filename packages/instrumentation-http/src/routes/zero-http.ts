import { removedPrefix } from './removed-prefix.ts'
import type { LinkedSource } from './route-source.ts'
import { joinTemplates } from './template.ts'
import { type Entry, findPrefix, findRouteTemplate } from './trouter.ts'

/** What the statements that are added to 0http publish: `LinkMessage`s that have one of the last properties. */
interface ZeroHttpMessage {
  readonly request?: { readonly method: string }
  /** What a router knows of the routers in it, which is different for each router. */
  readonly nested?: object
  /** A router that looks up a request, the path that it got, and whether another router calls it. */
  readonly zeroRouter?: { readonly routes: readonly Entry[] }
  readonly path?: string
  readonly isNested?: boolean
  /** All handlers that the router has found for the request, and the index of the one that it calls. */
  readonly middlewares?: readonly unknown[]
  readonly index?: number
}

/** One of the routers in each other that a request is in. */
interface Level {
  readonly nested: object
  readonly routes: readonly Entry[]
  readonly method: string
  readonly path: string
  handlers: readonly unknown[]
  index: number
}

/** How many routers in each other are remembered for one request. */
const MAX_LEVELS = 10

/** The routers that each request is in, the outermost first. */
const levels = new WeakMap<object, Level[]>()

/**
 * 0http and restana: nothing on Node's request says which route was chosen, so it is observed which of the handlers that a router has
 * found it calls.
 */
export const zeroHttp: LinkedSource = {
  sourceLinks: [
    {
      below: 'router.lookup = (req, res, step) => {',
      after: 'queryparams(req, req.url)',
      message:
        '{ request: req, context: req, zeroRouter: router, nested: typeof routers === "undefined" ? undefined : routers, path: req.path, isNested: step !== undefined }',
    },
    {
      after: 'function next (middlewares, req, res, index, routers, defaultRoute, errorHandler) {',
      message: '{ request: req, nested: routers, middlewares, index }',
    },
  ],
  onLink,
  findContextRoute(context, { request, target, bases }) {
    const own = levels.get(context)
    const outermost = own?.[0]
    const prefix = outermost && removedPrefix(request, target, outermost.path, bases)
    const template = own && findTemplate(own)
    return prefix === undefined || template === undefined ? undefined : joinTemplates(prefix, template)
  },
}

function onLink(message: object): void {
  const { request, nested, zeroRouter, path, isNested, middlewares, index } = message as ZeroHttpMessage
  if (request === undefined || nested === undefined) return
  const own = levels.get(request) ?? []
  if (zeroRouter !== undefined && path !== undefined) {
    const level = { nested, routes: zeroRouter.routes, method: request.method, path, handlers: [], index: 0 }
    if (isNested && own.length < MAX_LEVELS) own.push(level)
    else levels.set(request, [level])
  } else if (middlewares !== undefined && index !== undefined) {
    // A router in another one may have passed the request back.
    const i = own.findLastIndex((level) => level.nested === nested)
    if (i === -1) return
    own.length = i + 1
    Object.assign(own[i] as Level, { handlers: middlewares, index })
  }
}

function findTemplate(own: readonly Level[]): string | undefined {
  let mounts = ''
  for (const [i, level] of own.entries()) {
    const inner = own[i + 1]
    const template = inner === undefined ? findRouteTemplate(level) : findPrefix(level)
    if (template === undefined) return undefined
    if (inner === undefined) return joinTemplates(mounts, template)
    // A router that is not the first handler below a prefix gets the whole path.
    if (template !== '' && inner.path === level.path) return undefined
    mounts += template
  }
  return undefined
}
