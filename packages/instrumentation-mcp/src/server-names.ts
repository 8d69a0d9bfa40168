import { OTHER } from '@agentgateway-otel/metrics'

/**
 * The own names of the MCP servers at each endpoint, which is all that can be known of a server without sessions. An endpoint
 * whose servers have used different names has none here, because a query, a header or the host may choose among them.
 */
export interface ServerNames {
  of(endpoint: string): string | undefined
  learn(endpoint: string, name: string): void
}

/** No longer name is kept, in UTF-16 code units. The label's own bound is shorter. */
const MAX_LENGTH = 256

/**
 * @param maxEndpoints how many endpoints are kept with a name, and how many as having several. Beyond the first, the name
 *   that was learnt first is forgotten. Beyond the second, no more names are learnt, since none could be trusted.
 */
export function createServerNames(maxEndpoints = 1000): ServerNames {
  const names = new Map<string, string>()
  const ambiguous = new Set<string>()

  return {
    of: (endpoint) => names.get(endpoint),
    learn(endpoint, name) {
      const bounded = name.length > MAX_LENGTH ? OTHER : name
      const known = names.get(endpoint)
      if (known === bounded || ambiguous.has(endpoint)) return
      if (known !== undefined) {
        names.delete(endpoint)
        ambiguous.add(endpoint)
        if (ambiguous.size >= maxEndpoints) names.clear()
        return
      }
      if (ambiguous.size >= maxEndpoints) return
      names.set(endpoint, bounded)
      if (names.size <= maxEndpoints) return
      const [oldest = ''] = names.keys()
      names.delete(oldest)
    },
  }
}
