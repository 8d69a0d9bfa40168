import type { Server } from 'node:http'
import type { RouteSource } from '../index.ts'
import { isNotFound } from './catch-all.ts'
import { type ExpressRequest, findMount, findTemplate } from './search.ts'
import { type App, isApp, matchPlace, outermostOf, type RoutePlace, treeOf } from './tree.ts'

/** How many `baseUrl`s of one route are remembered, and of what length: clients may vary them. */
const MAX_BASE_URLS = 50
const MAX_BASE_URL_LENGTH = 200

/** The templates of a route that has one place, by `baseUrl`. A tree that is no longer current goes with its places. */
const templates = new WeakMap<readonly RoutePlace[], Map<string, string>>()

/** The only Express app among the listeners of a server, when it had so many of them. */
const listening = new WeakMap<Server, { readonly count: number; readonly app: App | undefined }>()

/** Whether Express has had this request, also where none of its routes matched. */
export const isExpress = (request: object) => (request as ExpressRequest).app !== undefined

/**
 * Express: `req.route` is the route, but of the routers above it a request has the raw path alone (`req.baseUrl`, and
 * not even that once an error has left them). Their templates are found by matching the request's path with the mounts
 * above the places of the route.
 */
export const express: RouteSource = {
  ofRequest(request, status) {
    const { route, app, baseUrl = '' } = request as ExpressRequest
    if (route === undefined || app === undefined || !Array.isArray(route.stack)) return undefined
    if (isNotFound(String(route.path), status)) return undefined

    const outermost = outermostOf(app)
    const tree = treeOf(listenerOf(request) ?? outermost)
    const places = tree.routes.get(route)
    const known = places && status < 400 ? templates.get(places)?.get(baseUrl) : undefined
    if (known !== undefined) return known
    const template = findTemplate(request, status, tree, treeOf(outermost), route)
    if (places !== undefined && template !== undefined && status < 400) remember(places, baseUrl, template)
    return template
  },
}

/** The template of the mount under which Express has handed a request to another framework; empty at the root. */
export function expressMount(request: object): string | undefined {
  const { app, baseUrl = '' } = request as ExpressRequest
  if (app === undefined || baseUrl === '') return ''
  return findMount(request, treeOf(listenerOf(request) ?? outermostOf(app)))
}

/** Remembers a template where `baseUrl` alone says that the request came to the only place of its route. */
function remember(places: readonly RoutePlace[], baseUrl: string, template: string): void {
  const [only, other] = places
  if (only === undefined || other !== undefined || baseUrl.length > MAX_BASE_URL_LENGTH) return
  if (matchPlace(only.place, baseUrl)?.matched !== baseUrl) return
  // Where the last mount takes nothing of the path, a request of another place that failed has this `baseUrl`, too.
  const { above } = only.place
  if (above !== undefined && matchPlace(above, baseUrl)?.matched === baseUrl) return
  const known = templates.get(places) ?? new Map()
  if (known.size < MAX_BASE_URLS) templates.set(places, known.set(baseUrl, template))
}

/** The app that a server hands its requests to. A function that does so hides it. */
function listenerOf(request: object): App | undefined {
  const server = (request as { socket?: { server?: Server } }).socket?.server
  if (server === undefined) return undefined
  const count = server.listenerCount('request')
  const known = listening.get(server)
  if (known?.count === count) return known.app
  const apps = server.listeners('request').filter(isApp)
  const app = apps.length === 1 ? apps[0] : undefined
  listening.set(server, { count, app })
  return app
}
