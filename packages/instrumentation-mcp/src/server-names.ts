import { OTHER } from '@agentgateway-otel/metrics'

/**
 * What the MCP server at an endpoint calls itself: all that can be known of it where there are no sessions. An endpoint
 * whose servers have called themselves by different names has none: a query, a header or the host may choose among
 * them.
 */
export interface ServerNames {
  of(endpoint: string): string | undefined
  learn(endpoint: string, name: string): void
}

/** Longer than the label may be. */
const MAX_LENGTH = 256

/**
 * @param maxEndpoints how many are kept with a name, and how many as having several. Beyond, the name that was learnt
 *   first is forgotten; and when as many endpoints have several, no more names are learnt, as none could be trusted.
 */
export function createServerNames(maxEndpoints = 1000): ServerNames {
  const names = new Map<string, string>()
  const ambiguous = new Set<string>()

  return {
    of: (endpoint) => names.get(endpoint),
    learn(endpoint, name) {
      const learnt = name.length > MAX_LENGTH ? OTHER : name
      const known = names.get(endpoint)
      if (known === learnt || ambiguous.has(endpoint)) return
      if (known !== undefined) {
        names.delete(endpoint)
        ambiguous.add(endpoint)
        if (ambiguous.size >= maxEndpoints) names.clear()
        return
      }
      if (ambiguous.size >= maxEndpoints) return
      names.set(endpoint, learnt)
      if (names.size <= maxEndpoints) return
      const [first = ''] = names.keys()
      names.delete(first)
    },
  }
}
