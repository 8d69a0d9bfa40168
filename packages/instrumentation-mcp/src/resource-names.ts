import { boundOf } from '@agentgateway-otel/metrics'

/**
 * The names of tools and prompts that servers are known to have: because a list had them, or a call of them succeeded.
 * Anybody may call a tool that does not exist, and must not choose the values of a label.
 */
export interface ResourceNames {
  learn(type: string, names: readonly string[]): void
  has(type: string, name: string): boolean
}

export function createResourceNames({ maxValues, maxLength } = boundOf('mcpRequest', 'resource')): ResourceNames {
  const known = new Map<string, Set<string>>()
  let size = 0
  return {
    learn(type, names) {
      const ofType = known.get(type) ?? new Set()
      known.set(type, ofType)
      for (const name of names) {
        if (size >= maxValues) return
        if (name.length > maxLength || ofType.has(name)) continue
        ofType.add(name)
        size++
      }
    },
    has: (type, name) => known.get(type)?.has(name) === true,
  }
}
