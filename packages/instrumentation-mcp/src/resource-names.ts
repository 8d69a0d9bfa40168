import { boundOf } from '@agentgateway-otel/metrics'

/**
 * The names of tools and prompts that servers are known to have, because a list had them or a call of them succeeded.
 * Anybody can call a tool that does not exist, and must not choose a label's values that way.
 */
export interface ResourceNames {
  learn(type: string, names: readonly string[]): void
  has(type: string, name: string): boolean
}

/** The bound of the label `resource` limits how many names are learnt, over all types, and how long each may be. */
export function createResourceNames({ maxValues, maxLength } = boundOf('mcpRequest', 'resource')): ResourceNames {
  const namesByType = new Map<string, Set<string>>()
  let size = 0
  return {
    learn(type, names) {
      const known = namesByType.get(type) ?? new Set()
      namesByType.set(type, known)
      for (const name of names) {
        if (size >= maxValues) return
        if (name.length > maxLength || known.has(name)) continue
        known.add(name)
        size++
      }
    },
    has: (type, name) => namesByType.get(type)?.has(name) === true,
  }
}
