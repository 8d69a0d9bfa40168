import { findExpressMount } from './express/index.ts'
import type { RequestSource } from './route-source.ts'
import { joinTemplates } from './template.ts'

/** What Feathers adds to Node's request with Express, and to the context with Koa. */
interface FeathersContext {
  readonly app?: {
    /** The services, by the paths at which the app registered them. */
    readonly services?: Readonly<Record<string, unknown>>
    /** The app of Express that this one is mounted in. */
    readonly parent?: unknown
  }
  /** The service that serves the request, and the parameters of its path; `__id` is the one below it. */
  readonly lookup?: { readonly service: unknown; readonly params?: { readonly __id?: unknown } }
  readonly baseUrl?: string
}

/** Feathers, on Express and on Koa: it leaves the service that it looked up, whose path is its route, with `/:id` for one of its items. */
export const feathers: RequestSource = {
  findRoute(request) {
    const { app, baseUrl } = request as FeathersContext
    const template = templateOf(request)
    // After an error, a request no longer has the mounts that it came through.
    if (template === undefined || (app?.parent !== undefined && !baseUrl)) return undefined
    const mount = findExpressMount(request)
    return mount === undefined ? undefined : joinTemplates(mount, template)
  },
  findContextRoute: templateOf,
}

function templateOf(context: FeathersContext): string | undefined {
  const { app, lookup } = context
  if (lookup === undefined) return undefined
  const paths = Object.entries(app?.services ?? {}).flatMap(([path, service]) =>
    service === lookup.service ? path : [],
  )
  const [path, other] = paths
  if (path === undefined || other !== undefined) return undefined
  return `/${path}${lookup.params?.__id === undefined ? '' : '/:id'}`
}
