import { removedPrefix } from './removed-prefix.ts'
import type { LinkedSource } from './route-source.ts'
import { joinTemplates } from './template.ts'
import { type Entry, findPrefix, findRouteTemplate } from './trouter.ts'

/** What the statements that are added to Polka 1 publish: `LinkMessage`s that have these properties. */
interface PolkaMessage {
  readonly request?: { readonly method: string }
  readonly polka?: Polka
  /** The path that the app got. */
  readonly path?: string
  /** All handlers that match, and a function that returns the index of the one that was called last. */
  readonly handlers?: readonly unknown[]
  readonly indexOf?: () => number
}

interface Polka {
  readonly routes: readonly Entry[]
  /** The handler that passes a request to this app, where it is mounted in another one. */
  readonly attach?: unknown
}

/** One of the apps in each other that a request is in. */
interface Level {
  readonly routes: readonly Entry[]
  readonly method: string
  readonly path: string
  readonly handlers: readonly unknown[]
  /** The index of the handler that was called last, as it is when it is read. */
  readonly index: number
}

/** How many apps in each other are remembered for one request. */
const MAX_LEVELS = 10

/** The apps that each request is in, the outermost first. */
const levels = new WeakMap<object, Level[]>()

/** Polka 1: nothing on Node's request says which route was chosen, so each app of Polka is linked as it gets a request. */
export const polka: LinkedSource = {
  sourceLinks: [
    {
      below: 'handler(req, res, next) {',
      after: 'let i=0, arr=obj.handlers.concat(this.onNoMatch), len=arr.length;',
      message: '{ request: req, context: req, polka: this, path: req.path, handlers: arr, indexOf: () => i - 1 }',
    },
  ],
  onLink,
  findContextRoute(context, { request, target, bases }) {
    const own = levels.get(context)
    const [outermost, inner] = [own?.[0], own?.at(-1)]
    if (own === undefined || outermost === undefined || inner === undefined) return undefined
    const prefix = removedPrefix(request, target, outermost.path, bases)
    const mounts = [prefix, ...own.slice(0, -1).map(findPrefix)]
    const template = findRouteTemplate(inner)
    return template === undefined || mounts.includes(undefined) ? undefined : joinTemplates(mounts.join(''), template)
  },
}

function onLink(message: object): void {
  const { request, polka, path, handlers, indexOf } = message as PolkaMessage
  if (!request || !polka || path === undefined || !handlers || !indexOf) return
  const own = levels.get(request) ?? []
  const outer = own.at(-1)
  const level: Level = {
    routes: polka.routes,
    method: request.method,
    path,
    handlers,
    get index() {
      return indexOf()
    },
  }
  const isInside = polka.attach !== undefined && outer?.handlers[outer.index] === polka.attach
  if (isInside && own.length < MAX_LEVELS) own.push(level)
  else levels.set(request, [level])
}
