import { HOSTS, SHAPES } from './known-hosts.ts'

/** `gen_ai_system` of a known API's format on a host that nobody knows: a proxy, a server of one's own. */
const CUSTOM = 'custom'

/** `gen_ai_system` by host, with or without a port. */
export interface Systems {
  of(host: string): string
  /** Whether a host is one of a provider's, or one that the user named. */
  knows(host: string): boolean
}

/**
 * @param hosts of the user's: `gen_ai_system` by the end of a host's name, in lower case; where it has a port, by that
 *   host and port alone. They come before those that are known.
 */
export function createSystems(hosts: ReadonlyMap<string, string> = new Map()): Systems {
  function find(host: string): string | undefined {
    const address = host.toLowerCase()
    const name = address.replace(/:\d+$/, '')
    return (
      hosts.get(address) ??
      byEnd(hosts, name) ??
      byEnd(HOSTS, name) ??
      SHAPES.find(([pattern]) => pattern.test(address))?.[1]
    )
  }
  return { of: (host) => find(host) ?? CUSTOM, knows: (host) => find(host) !== undefined }
}

function byEnd(systems: ReadonlyMap<string, string>, name: string): string | undefined {
  for (let end = name; end !== ''; end = end.slice(end.indexOf('.') + 1 || end.length)) {
    const system = systems.get(end)
    if (system !== undefined) return system
  }
  return undefined
}
