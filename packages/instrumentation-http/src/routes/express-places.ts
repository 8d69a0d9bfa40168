import type { ServerResponse } from 'node:http'
import { type Mount, type MountLayer, matchLayer, mountTemplate, written } from './express-mount.ts'

/** What Express 4 and 5 add to a request. */
export interface ExpressRequest {
  readonly url?: string
  readonly originalUrl?: string
  readonly baseUrl?: string
  readonly app?: App
  readonly route?: Route
  readonly res?: ServerResponse
}

export interface App {
  /** Of an app mounted into another: where, and which. */
  readonly mountpath?: unknown
  readonly parent?: App
  /** Express 4; `router` throws there. */
  readonly _router?: Router
  /** Express 5. */
  readonly router?: Router
}

interface Router {
  readonly name?: string
  readonly stack?: readonly Layer[]
}

export interface Route {
  readonly path: unknown
  readonly stack: readonly unknown[]
}

/** One entry of a router: a route, or a handler (another router among them) mounted at a path. */
interface Layer extends MountLayer {
  readonly handle: Router
  readonly route?: Route | undefined
}

const ROOT: Mount = { template: '', matched: '' }

/** Where the route that served a request stands: what is above it. Undefined where that cannot be told. */
export function locate(request: ExpressRequest, app: App, route: Route): Mount | undefined {
  const { baseUrl = '', url = '', originalUrl = '' } = request
  // The first is what was routed, whatever a middleware made of the URL; a route may change it later, for a proxy.
  for (const path of new Set([baseUrl + pathOf(url), pathOf(originalUrl)])) {
    for (const above of placesOf(app, path)) {
      const place = find(stackOf(app), path.slice(above.matched.length), route)
      if (place) return within(above, place)
    }
  }
  return undefined
}

/**
 * Where along this path an app is mounted into others. An app knows where it was mounted last; it may be mounted
 * elsewhere as well, and of a layer with an app in it one cannot tell which.
 */
function placesOf({ parent, mountpath }: App, path: string): Mount[] {
  if (parent === undefined) return [ROOT]
  return placesOf(parent, path).flatMap((above) => {
    const rest = path.slice(above.matched.length)
    const mounts = stackOf(parent)
      .filter(({ route, handle }) => route === undefined && handle.stack === undefined)
      .map((layer) => ({ layer, mount: mountTemplate(layer, rest) }))
    const own = mounts.filter(({ mount }) => mount?.template === written(mountpath))
    const others = mounts.filter(({ layer }) => layer.handle.name === 'mounted_app')
    return [...own, ...others].flatMap(({ mount }) => (mount ? [within(above, mount)] : []))
  })
}

function find(stack: readonly Layer[], path: string, route: Route): Mount | undefined {
  for (const layer of stack) {
    if (layer.route === route && matchLayer(layer, path)) return ROOT
    const inner = layer.handle.stack
    if (layer.route !== undefined || inner === undefined) continue
    const mount = mountTemplate(layer, path)
    const place = mount && find(inner, path.slice(mount.matched.length), route)
    if (place) return within(mount, place)
  }
  return undefined
}

const within = (above: Mount, place: Mount): Mount => ({
  template: above.template + place.template,
  matched: above.matched + place.matched,
})

/** The path of a request's target, which may be absolute. */
const pathOf = (target: string) => target.replace(/^https?:\/\/[^/?]*/, '').replace(/\?.*$/s, '')

const stackOf = (app: App): readonly Layer[] => (app._router ?? app.router)?.stack ?? []

/** Whether a route can be reached in one way only, whatever the path. */
export const hasOnePlace = (app: App, route: Route) =>
  app.parent === undefined && countPlaces(stackOf(app), route) === 1

function countPlaces(stack: readonly Layer[], route: Route): number {
  return stack.reduce(
    (sum, layer) => sum + (layer.route === route ? 1 : countPlaces(layer.handle.stack ?? [], route)),
    0,
  )
}
