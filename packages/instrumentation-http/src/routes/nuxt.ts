import type { LinkedSource } from './route-source.ts'
import { joinTemplates } from './template.ts'

/** What the statement that is added to Nuxt publishes: a `LinkMessage` that has this property. */
interface NuxtMessage {
  readonly nuxt?: NuxtApp
}

/** Nuxt's app on the server, which is of one request. */
interface NuxtApp {
  readonly ssrContext: { readonly event: object }
  /** Vue's router, if the app has pages. */
  readonly $router?: {
    readonly currentRoute: { readonly value: { readonly matched: readonly { readonly path: string }[] } }
    /** Its base is where the app is mounted (`app.baseURL`), which is in no path of a page. */
    readonly options: { readonly history: { readonly base: string } }
  }
}

const apps = new WeakMap<object, NuxtApp>()

/**
 * Nuxt: to h3, all pages are one route for every path (`/**`), so the page is what Vue's router has matched in Nuxt's app of the
 * request. Nuxt's own bundles have the statement. Routes of the server are those of h3.
 */
export const nuxt: LinkedSource = {
  sourceLinks: [{ after: 'nuxtApp.ssrContext.nuxt = nuxtApp;', message: '{ nuxt: nuxtApp }' }],
  onLink,
  findContextRoute(context) {
    const router = apps.get(context)?.$router
    const path = router?.currentRoute.value.matched.at(-1)?.path
    // A file `[id].vue` is the path `/:id()`.
    return path && joinTemplates(router?.options.history.base ?? '', path.replaceAll('()', ''))
  },
}

function onLink(message: object): void {
  const { nuxt } = message as NuxtMessage
  if (nuxt !== undefined) apps.set(nuxt.ssrContext.event, nuxt)
}
