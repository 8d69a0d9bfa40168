/** bcrypt takes no more of a password into account. */
export const MAX_PASSWORD_BYTES = 72

/**
 * A verification at this cost takes about a second of a whole core, and twice as long at the next. A container with a
 * fifth of a core could not finish that within the ten seconds that Prometheus waits for a scrape.
 */
export const MAX_COST = 14

/** bcrypt is not defined for a lower one. */
export const MIN_COST = 4

const HASH = /^\$2[aby]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/

/** Returns the cost of a hash as bcrypt writes them (`$2a$`, `$2b$` or `$2y$`), and undefined for anything else. */
export function costOf(hash: string): number | undefined {
  const cost = HASH.exec(hash)?.groups?.cost
  return cost === undefined ? undefined : Number(cost)
}
