import type { RouteSource } from './index.ts'

interface Event {
  readonly context?: {
    /** `path` in h3 1 (Nitro, Nuxt), `route` in h3 2. */
    readonly matchedRoute?: { readonly path?: string; readonly route?: string }
  }
}

/** h3: nothing leads from Node's request to the event, so the app hands it over by `setRoute`. */
export const h3: RouteSource = {
  ofContext(context) {
    const matched = (context as Event).context?.matchedRoute
    return matched?.route ?? matched?.path
  },
}
