import type { LinkedSource } from './route-source.ts'
import { pathOf, trimSlash } from './target-path.ts'
import { joinTemplates } from './template.ts'

/** What the statements that are added to SvelteKit publish: `LinkMessage`s that have these properties. */
interface SvelteKitMessage {
  readonly svelteEvent?: SvelteEvent
  /** The path of the request's URL, and the one whose route is looked for: without the app's base, and as the app rerouted it. */
  readonly pathname?: string
  readonly resolved?: string
  /** Whether the two were equal while the base was in both. */
  readonly isPlain?: boolean
}

interface SvelteEvent {
  readonly route?: { readonly id?: unknown }
}

/** A layout group, such as `/(shop)`, which is no part of a path. */
const GROUP = /\/\([^)/]*\)(?=\/|$)/g

/** The events whose path the app has not rerouted. */
const plain = new WeakSet<object>()

/** The path whose route SvelteKit looked for, by event. */
const resolutions = new WeakMap<object, string>()

/** `paths.base` of the app, once a request shows it. */
let knownBase: string | undefined

/** SvelteKit, with its adapter for Node.js: its event has the route's id, which is linked as the route is found. */
export const sveltekit: LinkedSource = {
  sourceLinks: [
    {
      after: 'decoded_pathname = decode_pathname(url.pathname);',
      message:
        '{ svelteEvent: typeof event === "undefined" ? undefined : event, isPlain: typeof resolved_path === "string" && resolved_path === decoded_pathname }',
    },
    {
      after: 'event.route = { id: route.id };',
      message:
        '{ request: event.platform?.req, context: event, svelteEvent: event, resolved: typeof resolved_path === "undefined" ? undefined : resolved_path, pathname: typeof decoded_pathname === "undefined" ? undefined : decoded_pathname }',
    },
  ],
  onLink,
  findContextRoute(context, { target }) {
    const resolved = resolutions.get(context)
    const id = (context as SvelteEvent).route?.id
    if (resolved === undefined || typeof id !== 'string') return undefined
    const base = trimSlash(pathOf(target)) === trimSlash(resolved) ? '' : knownBase
    return base === undefined ? undefined : joinTemplates(base, id.replaceAll(GROUP, '') || '/')
  },
}

function onLink(message: object): void {
  const { svelteEvent, pathname, resolved, isPlain } = message as SvelteKitMessage
  if (svelteEvent === undefined) return
  if (isPlain) plain.add(svelteEvent)
  if (pathname === undefined || resolved === undefined) return
  resolutions.set(svelteEvent, resolved)
  const [whole, rest] = [trimSlash(pathname), trimSlash(resolved)]
  if (plain.has(svelteEvent) && whole.endsWith(rest)) knownBase ??= whole.slice(0, whole.length - rest.length)
}
