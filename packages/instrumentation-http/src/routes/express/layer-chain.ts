import type { Layer } from './app.ts'
import { matchMount, stringifyPath } from './layer.ts'

/** A layer of a router that a request came to, and what of its path had been taken then. */
export interface PassedLayer {
  readonly layer: Layer
  readonly baseUrl: string
}

/**
 * Returns the template of the route to which layers led, each of which has the router of the next one; undefined where the last one
 * is no route, and where they do not explain what was taken of the path: a function may have called the first router.
 *
 * @param path the path that the first router got
 */
export function findChainTemplate(chain: readonly PassedLayer[], path: string): string | undefined {
  let [template, taken] = ['', '']
  for (const [i, { layer, baseUrl }] of chain.entries()) {
    if (layer.route !== undefined) {
      if (baseUrl !== taken) return undefined
      if (i === chain.length - 1) return template + stringifyPath(layer.route.path) || '/'
      continue
    }
    const mount = matchMount(layer, path.slice(taken.length))
    if (mount === undefined || taken + mount.matched !== baseUrl) return undefined
    template += mount.template
    taken = baseUrl
  }
  return undefined
}
