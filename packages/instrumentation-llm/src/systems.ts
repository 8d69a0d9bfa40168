import { HOST_PATTERNS, HOST_SUFFIXES } from './known-hosts.ts'

/** `gen_ai_system` for a known API on an unknown host, such as a proxy or a self-hosted server. */
const CUSTOM = 'custom'

/** `gen_ai_system` by host. A host may have a port. */
export interface Systems {
  of(host: string): string
  /** Returns whether a host is a provider's, or one that the user named. */
  isKnown(host: string): boolean
}

/**
 * @param hosts the user's hosts, which take precedence: `gen_ai_system` by the end of a host's name, in lower case; or by
 *   host and port, for exactly these
 */
export function createSystems(hosts: ReadonlyMap<string, string> = new Map()): Systems {
  function find(host: string): string | undefined {
    const address = host.toLowerCase()
    const name = address.replace(/:\d+$/, '')
    return (
      hosts.get(address) ??
      findBySuffix(hosts, name) ??
      findBySuffix(HOST_SUFFIXES, name) ??
      HOST_PATTERNS.find(([pattern]) => pattern.test(address))?.[1]
    )
  }

  /** The systems of the hosts that were found last, since a process calls few hosts, and many times. */
  const found = new Map<string, string | undefined>()
  function recall(host: string): string | undefined {
    if (found.has(host)) return found.get(host)
    if (found.size >= MAX_FOUND) found.clear()
    const system = find(host)
    found.set(host, system)
    return system
  }
  return { of: (host) => recall(host) ?? CUSTOM, isKnown: (host) => recall(host) !== undefined }
}

const MAX_FOUND = 100

function findBySuffix(systems: ReadonlyMap<string, string>, name: string): string | undefined {
  for (let suffix = name; suffix !== ''; suffix = suffix.slice(suffix.indexOf('.') + 1 || suffix.length)) {
    const system = systems.get(suffix)
    if (system !== undefined) return system
  }
  return undefined
}
