import { OTHER } from '@agentgateway-otel/metrics'

/** What the MCP server at an endpoint last called itself: all that can be known of it where there are no sessions. */
export interface ServerNames {
  of(endpoint: string): string | undefined
  learn(endpoint: string, name: string): void
}

/** Longer than the label may be. */
const MAX_LENGTH = 256

/** @param maxEndpoints how many are kept; beyond, the one that was learnt first is forgotten */
export function createServerNames(maxEndpoints = 1000): ServerNames {
  const names = new Map<string, string>()
  return {
    of: (endpoint) => names.get(endpoint),
    learn(endpoint, name) {
      names.set(endpoint, name.length > MAX_LENGTH ? OTHER : name)
      if (names.size <= maxEndpoints) return
      const [first = ''] = names.keys()
      names.delete(first)
    },
  }
}
