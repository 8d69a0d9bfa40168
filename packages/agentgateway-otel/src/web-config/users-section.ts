import { costOf, MAX_COST, MIN_COST } from '@agentgateway-otel/exporter'
import type { YamlValue } from './yaml-value.ts'

/**
 * Reads `basic_auth_users`: hashes of passwords, by user.
 *
 * @throws WebConfigError
 */
export function readUsersSection(value: YamlValue): ReadonlyMap<string, string> {
  const users = new Map<string, string>()
  for (const [user, hash] of value.mapping()) {
    // A colon ends the name in the header that carries both.
    if (user.includes(':')) hash.fail('has a colon in its name, which HTTP cannot send')
    const cost = hash.isNull ? undefined : costOf(hash.text())
    if (cost === undefined) return hash.fail('is not a bcrypt hash; `htpasswd -nBC 10 ""` makes one')
    if (cost < MIN_COST || cost > MAX_COST) {
      hash.fail(`is a bcrypt hash of cost ${cost}, but only ${MIN_COST} to ${MAX_COST} are possible; 10 is usual`)
    }
    users.set(user, hash.text())
  }
  return users
}
